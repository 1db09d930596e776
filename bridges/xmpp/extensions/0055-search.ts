/**
 * XEP-0055 Jabber Search, version 1.3 — https://xmpp.org/extensions/xep-0055.html
 * Pages of results are in 0059-result-sets.ts. Left out: nothing; long answers are cut.
 */
import type { FormTable } from '#bridge';
import { bareJid } from '../jid.ts';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

const legacyColumns = ['jid', 'first', 'last', 'nick', 'email'] as const;
const mostRows = 2_000;

export const searchQuery = (...parts: readonly XmlElement[]): XmlElement => element('query', { xmlns: ns.search }, ...parts);

/** What was found by a service that knows no data forms. */
export const readLegacyResults = (query: XmlElement): FormTable => ({
  columns: legacyColumns.map((name) => ({ name, label: name, ...(name === 'jid' ? { kind: 'address' as const } : {}) })),
  rows: query
    .childrenNamed('item')
    .slice(0, mostRows)
    .flatMap((item) => {
      const jid = bareJid(item.attribute('jid'));
      return jid === null ? [] : [legacyColumns.map((name) => (name === 'jid' ? jid : (item.childText(name) ?? '').slice(0, 1_000)))];
    }),
});
