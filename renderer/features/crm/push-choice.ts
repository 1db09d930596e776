import type { PushPreview, PushRange, TargetOption } from '../../rpc/index.ts';

/** What stands chosen when the sheet opens: the suggestion, or nothing when a person has to decide. */
export const firstChoice = (preview: PushPreview): string | null => {
  const isOffered = preview.options.some((option) => option.key === preview.suggestedKey);
  return isOffered ? preview.suggestedKey : null;
};

const knownReasons: ReadonlySet<string> = new Set(['linked', 'same-email', 'same-phone', 'same-handle', 'none-found', 'new-record', 'name-only']);

/** Key of the sentence that says why a record is offered. */
export const reasonKey = (option: TargetOption): string => `crm.reason.${knownReasons.has(option.reason) ? option.reason : 'other'}`;

/** A weak reason is drawn faint: the same name is no proof. */
export const isWeak = (option: TargetOption): boolean => ['name-only', 'none-found', 'new-record'].includes(option.reason);

export const hasSomethingToPush = (preview: PushPreview): boolean =>
  preview.parts.length > 0 || preview.files.some((file) => file.problem === null);

type Since = PushRange['since'];

/** How far back a first push may reach; “from this message” only where one is known. */
export const rangesOffered = (current: PushRange, from: PushRange | null): readonly Since[] => {
  const always: readonly Since[] = ['today', 'week', 'month', 'everything'];
  return current.since === 'message' || from?.since === 'message' ? [...always, 'message'] : always;
};

/** The range behind a choice of the list; `known` is the one that names a message, if any does. */
export const rangeOf = (since: string, known: PushRange | null): PushRange =>
  since === 'message' && known !== null ? known : { since: since as Since };
