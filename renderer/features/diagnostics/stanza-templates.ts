/** Stanzas to begin with; what is to be filled in stands in capital letters. */
const stanzaTemplates = {
  message: (server: string): string => `<message to="NAME@${server}" type="chat">\n  <body>TEXT</body>\n</message>`,
  presence: (): string => `<presence>\n  <show>away</show>\n  <status>TEXT</status>\n</presence>`,
  ping: (server: string): string => `<iq type="get" to="${server}">\n  <ping xmlns="urn:xmpp:ping"/>\n</iq>`,
  disco: (server: string): string => `<iq type="get" to="${server}">\n  <query xmlns="http://jabber.org/protocol/disco#info"/>\n</iq>`,
  archive: (): string =>
    `<iq type="set">\n  <query xmlns="urn:xmpp:mam:2">\n    <set xmlns="http://jabber.org/protocol/rsm">\n      <max>10</max>\n      <before/>\n    </set>\n  </query>\n</iq>`,
} as const;

export type TemplateName = keyof typeof stanzaTemplates;
export const templateNames = Object.keys(stanzaTemplates) as readonly TemplateName[];

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '"': '&quot;' };
const safe = (text: string): string => text.replace(/[&<"]/gu, (character) => escapes[character] ?? '');

export const stanzaFor = (name: TemplateName, address: string): string =>
  stanzaTemplates[name](safe(address.slice(address.indexOf('@') + 1)));
