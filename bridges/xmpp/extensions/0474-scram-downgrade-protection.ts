/**
 * XEP-0474 SASL SCRAM Downgrade Protection, version 0.5.0 — https://xmpp.org/extensions/xep-0474.html
 * The server signs, inside SCRAM, what it offered: whoever took a mechanism or a binding type out of the list on its
 * way is found out. Versions before 0.4 joined the list with other characters; both spellings are understood.
 */
import { createHash } from 'node:crypto';

/** What a server said it can do, as it arrived here. */
export interface SaslOffer {
  readonly mechanisms: readonly string[];
  /** Null when it said nothing of binding types. */
  readonly bindings: readonly string[] | null;
}

const separators = [
  { between: '\u001e', before: '\u001f' },
  { between: ',', before: '|' },
] as const;

/** Whether the hash in the server's first message is that of the offer as we saw it. */
export function isOfferUntouched(claimed: string, offer: SaslOffer, hash: string): boolean {
  return separators.some(({ between, before }) => {
    const list = offerList(offer, between, before);
    return createHash(hash).update(list).digest('base64') === claimed;
  });
}

function offerList({ mechanisms, bindings }: SaslOffer, between: string, before: string): string {
  const joined = (names: readonly string[]): string => [...names].sort(byOctets).join(between);
  return bindings === null ? joined(mechanisms) : `${joined(mechanisms)}${before}${joined(bindings)}`;
}

const byOctets = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
