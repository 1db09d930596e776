import { cutText } from '../../text/plain-line.ts';
import type { RemoteRef } from '../connector.ts';
import type { Match } from './match-candidate.ts';
import type { PlannedOption } from './plan.ts';

export interface TargetChoice {
  readonly options: readonly PlannedOption[];
  /** Null: a person has to choose. */
  readonly suggestedKey: string | null;
}

export interface TargetFacts {
  /** The record that stands for this person or conversation already. */
  readonly linked: { readonly ref: RemoteRef; readonly title: string } | null;
  readonly matches: readonly Match[];
  /** `kind id` of records a person did not take earlier. */
  readonly rejections: ReadonlySet<string>;
  readonly createKind: string;
  readonly createTitle: string;
  readonly link: (ref: RemoteRef) => string | null;
}

export const createKey = 'create';
export const useKey = (ref: RemoteRef): string => `use:${ref.kind}:${ref.id}`;

/** More than these nobody looks through; what a server sends beyond them, or in one name, is kept with no plan. */
const mostOptions = 50;
const mostChars = 300;

/**
 * Which records to offer and which one to suggest: the linked one; else the only sure match; else a new one when
 * nothing was found at all. Two sure matches, or only unsure ones, are for a person to decide.
 */
export function chooseTarget(facts: TargetFacts): TargetChoice {
  const isRejected = ({ candidate: { ref } }: Match): boolean => facts.rejections.has(`${ref.kind} ${ref.id}`);
  const linked = facts.linked === null ? [] : [linkedOption(facts.linked, facts.link)];
  const others = facts.matches
    .filter(({ candidate }) => facts.linked === null || useKey(candidate.ref) !== useKey(facts.linked.ref))
    .sort((a, b) => rank(a) - rank(b));
  const sure = others.filter((match) => match.isVerified && !isRejected(match));
  const open = others.filter((match) => !isRejected(match));
  const create: PlannedOption = {
    key: createKey,
    action: 'create',
    recordKind: facts.createKind,
    title: facts.createTitle,
    subtitle: '',
    reason: linked.length + others.length === 0 ? 'none-found' : 'new-record',
    reasonValue: null,
    url: null,
    ref: null,
  };
  const options = [...linked, ...others.slice(0, mostOptions).map((match) => matchOption(match, facts.link)), create];
  if (facts.linked !== null) return { options, suggestedKey: useKey(facts.linked.ref) };
  if (sure.length === 1 && sure[0]) return { options, suggestedKey: useKey(sure[0].candidate.ref) };
  return { options, suggestedKey: open.length === 0 ? createKey : null };
}

const reasonsInOrder: readonly Match['reason'][] = ['same-phone', 'same-email', 'same-handle', 'name-only'];
const rank = (match: Match): number => reasonsInOrder.indexOf(match.reason);

function linkedOption({ ref, title }: { readonly ref: RemoteRef; readonly title: string }, link: TargetFacts['link']): PlannedOption {
  return {
    key: useKey(ref),
    action: 'use',
    recordKind: ref.kind,
    title,
    subtitle: '',
    reason: 'linked',
    reasonValue: null,
    url: link(ref),
    ref,
  };
}

function matchOption({ candidate, reason, value }: Match, link: TargetFacts['link']): PlannedOption {
  return {
    key: useKey(candidate.ref),
    action: 'use',
    recordKind: candidate.ref.kind,
    title: cutText(candidate.title, mostChars),
    subtitle: cutText(candidate.subtitle, mostChars),
    reason,
    reasonValue: value,
    url: link(candidate.ref),
    ref: candidate.ref.title === undefined ? candidate.ref : { ...candidate.ref, title: cutText(candidate.ref.title, mostChars) },
  };
}
