import type { RemoteRef } from '../connector.ts';

/** Tryton's model behind each kind of record. */
const modelOfKind: Readonly<Record<string, string>> = { party: 'party.party', lead: 'sale.opportunity' };

export const modelOf = (kind: string): string => modelOfKind[kind] ?? 'party.party';

/** How notes and attachments name the record they belong to. */
export const resourceOf = (ref: RemoteRef): string => `${modelOf(ref.kind)},${Number(ref.id)}`;

/** `%` and `_` are wildcards of `ilike`. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
