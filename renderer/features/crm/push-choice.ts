import type { PushPreview, TargetOption } from '../../rpc/index.ts';

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
