import type { PersonIdentifier } from '#model';
import type { Candidate, TargetQuery } from '../connector.ts';
import { normalizeEmail, normalizeHandle, phonesOfRecord } from './identifiers.ts';

export type MatchReason = 'same-phone' | 'same-email' | 'same-handle' | 'name-only';

export interface Match {
  readonly candidate: Candidate;
  readonly reason: MatchReason;
  readonly value: string;
  /** Sure enough to be suggested. Equal handles and names never are. */
  readonly isVerified: boolean;
}

/**
 * Why a record may be the person we look for; null when it is a stranger that the server sent along.
 *
 * Servers ignore filters they do not know and answer with everybody, so nothing is believed that is not equal here:
 * whole numbers, whole addresses. A handle that equals an e-mail address (common with XMPP) is worth showing only.
 */
export function matchCandidate(candidate: Candidate, query: TargetQuery, region: string | null): Match | null {
  const found = query.identifiers
    .map((wanted) => matchIdentifier(wanted, candidate, region))
    .filter((match) => match !== null)
    .sort((a, b) => Number(b.isVerified) - Number(a.isVerified));
  if (found[0]) return found[0];
  if (!isSameName(candidate.title, query.name)) return null;
  return { candidate, reason: 'name-only', value: query.name, isVerified: false };
}

/** Nobody has more; each is read as a telephone number would be. */
const mostIdentifiers = 1_000;

function matchIdentifier(wanted: PersonIdentifier, candidate: Candidate, region: string | null): Match | null {
  for (const has of candidate.identifiers.slice(0, mostIdentifiers)) {
    if (wanted.kind === 'phone' && has.kind === 'phone' && phonesOfRecord(has.value, region).includes(wanted.value)) {
      return { candidate, reason: 'same-phone', value: wanted.value, isVerified: true };
    }
    if (wanted.kind === 'email' && has.kind === 'email' && normalizeEmail(has.value) === wanted.value) {
      return { candidate, reason: 'same-email', value: wanted.value, isVerified: true };
    }
    if (wanted.kind === 'handle' && has.kind !== 'phone' && normalizeHandle(has.value) === wanted.value) {
      return { candidate, reason: 'same-handle', value: wanted.value, isVerified: false };
    }
  }
  return null;
}

function isSameName(one: string, other: string): boolean {
  const wordsOfOne = words(one);
  const wordsOfOther = words(other);
  if (wordsOfOne.size === 0 || wordsOfOther.size === 0) return false;
  const [fewer, more] = wordsOfOne.size <= wordsOfOther.size ? [wordsOfOne, wordsOfOther] : [wordsOfOther, wordsOfOne];
  // "Marta Ruiz" and "Marta Ruiz Soler" may be one; "Marta" alone says nothing about "Marta Ruiz".
  if (fewer.size < 2 && more.size > 1) return false;
  return [...fewer].every((word) => more.has(word));
}

function words(name: string): ReadonlySet<string> {
  const plain = name.normalize('NFKD').replace(/\p{Mn}/gu, '').toLowerCase();
  return new Set(plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ''));
}
