import { domainToASCII } from 'node:url';

/** An XMPP address, split (RFC 7622). `local` and `resource` are empty when absent. */
export interface Jid {
  readonly local: string;
  readonly domain: string;
  readonly resource: string;
}

const maxPartBytes = 1023;
/** What nobody sees and what turns the text around it round has no place in an address (RFC 8264, section 4.2.3). */
const unseen = String.raw`\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff`;
const forbiddenInLocal = new RegExp(`["&'/:<>@\\s${unseen}]`, 'u');
const forbiddenInDomain = new RegExp(`[@\\s<>"'&${unseen}]`, 'u');

/** Lower-cases local part and domain, so that two spellings of one address compare equal. Null: not an address. */
export function parseJid(text: string): Jid | null {
  const slash = text.indexOf('/');
  const bare = slash < 0 ? text : text.slice(0, slash);
  const resource = slash < 0 ? '' : text.slice(slash + 1);
  const at = bare.indexOf('@');
  const local = at < 0 ? '' : bare.slice(0, at).normalize('NFC').toLowerCase();
  const domain = bare.slice(at + 1).normalize('NFC').toLowerCase().replace(/\.$/, '');
  if (domain === '' || (at >= 0 && local === '') || (slash >= 0 && resource === '')) return null;
  if (forbiddenInLocal.test(local) || forbiddenInDomain.test(domain)) return null;
  if ([local, domain, resource].some((part) => Buffer.byteLength(part) > maxPartBytes)) return null;
  return { local, domain, resource };
}

/** An address that is spelt already as it is compared, which most are: nothing has to be made of it. */
const plainAddress = /^[a-z0-9._-]{1,200}@[a-z0-9.-]{0,199}[a-z0-9]$/;

/** `local@domain` in the spelling used for comparing and storing; null when it is not an address. */
export function bareJid(text: string | undefined): string | null {
  if (text === undefined) return null;
  const slash = text.indexOf('/');
  const bare = slash < 0 ? text : text.slice(0, slash);
  const isResourceFine = slash < 0 || (text.length > slash + 1 && (text.length - slash) * 3 <= maxPartBytes);
  if (isResourceFine && plainAddress.test(bare)) return bare;
  const jid = parseJid(text);
  return jid === null ? null : formatBare(jid);
}

/** Bare part normalised, resource kept; null when it is not an address. */
export function fullJid(text: string | undefined): string | null {
  const jid = text === undefined ? null : parseJid(text);
  if (jid === null) return null;
  return jid.resource === '' ? formatBare(jid) : `${formatBare(jid)}/${jid.resource}`;
}

export const formatBare = (jid: Jid): string => (jid.local === '' ? jid.domain : `${jid.local}@${jid.domain}`);

/** The domain as DNS and certificates spell it; null when it cannot be a host name. */
export function asciiDomain(domain: string): string | null {
  const ascii = domainToASCII(domain);
  return ascii === '' ? null : ascii;
}
