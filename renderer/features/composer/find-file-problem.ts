import type { ConversationCapabilities } from '#model';
import { limitOfFile } from '../../rpc/index.ts';

export type FileProblem =
  | { readonly kind: 'not-taken'; readonly name: string }
  | { readonly kind: 'too-large'; readonly name: string; readonly limitBytes: number };

/** Why a file cannot go out here, before it is copied; null: nothing speaks against it. */
export const findFileProblem = (
  { name, type, size }: Pick<File, 'name' | 'type' | 'size'>,
  { maxFileBytes, fileLimits }: Pick<ConversationCapabilities, 'maxFileBytes' | 'fileLimits'>,
): FileProblem | null => {
  const ofKind = limitOfFile(fileLimits, type === '' ? 'application/octet-stream' : type);
  if (ofKind === null) return { kind: 'not-taken', name };
  const limitBytes = Math.min(maxFileBytes ?? Infinity, ofKind.maxBytes ?? Infinity);
  return size > limitBytes ? { kind: 'too-large', name, limitBytes } : null;
};
