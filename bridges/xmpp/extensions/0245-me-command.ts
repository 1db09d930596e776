/** XEP-0245 The /me Command, version 1.0 — https://xmpp.org/extensions/xep-0245.html. Left out: nothing. */
const prefix = '/me ';

export const isAction = (body: string): boolean => body.startsWith(prefix);
/** What is said of the person, as `action` messages hold it. */
export const withoutMe = (body: string): string => body.slice(prefix.length);
export const withMe = (text: string): string => `${prefix}${text}`;
