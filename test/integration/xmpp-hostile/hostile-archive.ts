/** The archive of a hostile server (XEP-0313), as far as a client asks for pages of it. */
export interface Archived {
  readonly id: string;
  readonly xml: string;
  readonly stamp: string;
}

/** The part of an archive that a query asks for, and whether there is no more. */
export function pageOf(archived: readonly Archived[], iq: string): { readonly page: readonly Archived[]; readonly isComplete: boolean } {
  const text = (name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(iq)?.[1];
  const max = Number(text('max') ?? 50);
  const after = text('after');
  const before = text('before');
  const isBackwards = /<before\s*\/>|<before>/.test(iq);
  const indexOf = (wanted: string): number => archived.findIndex((one) => one.id === wanted);
  const from = after === undefined ? 0 : indexOf(after) + 1;
  const to = before === undefined ? archived.length : Math.max(0, indexOf(before));
  const range = archived.slice(from, to);
  const page = isBackwards ? range.slice(-max) : range.slice(0, max);
  return { page, isComplete: page.length === range.length };
}

/** One message of a page, on its way to who asked. */
export const archiveResult = ({ id, xml, stamp }: Archived, { to, from, queryId }: { readonly to: string; readonly from: string; readonly queryId: string }): string =>
  `<message to='${to}' from='${from}'><result xmlns='urn:xmpp:mam:2' queryid='${queryId}' id='${id}'>` +
  `<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='${stamp}'/>${xml.replace(/^<message/, `<message xmlns='jabber:client'`)}</forwarded></result></message>`;

/** The answer behind a page. */
export function archiveEnd(page: readonly Archived[], isComplete: boolean): string {
  const [first, last] = [page[0]?.id, page.at(-1)?.id];
  const set = first === undefined ? '<count>0</count>' : `<first>${first}</first><last>${last}</last>`;
  return `<fin xmlns='urn:xmpp:mam:2' complete='${isComplete}'><set xmlns='http://jabber.org/protocol/rsm'>${set}</set></fin>`;
}
