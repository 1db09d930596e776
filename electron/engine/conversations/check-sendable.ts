import { BridgeError } from '#bridge';
import { limitOfFile, type ConversationCapabilities, type SendHints } from '#model';
import type { StagedFile } from '../files/staging.ts';
import { RpcFailure } from '../rpc/rpc-failure.ts';

/** @throws RpcFailure or BridgeError that says why this cannot go out here, before anything is written */
export const checkSendable = (
  capabilities: ConversationCapabilities,
  text: string,
  files: readonly StagedFile[],
): void => {
  if (text.trim() === '' && files.length === 0) throw new RpcFailure('invalid-input', 'there is nothing to send');
  if (!capabilities.canSend) throw refusalOf(capabilities);
  const { maxTextLength, maxFileBytes, canSendFiles, fileLimits } = capabilities;
  if (maxTextLength !== undefined && text.length > maxTextLength) throw new BridgeError('too-large', { limitBytes: maxTextLength });
  if (files.length > 0 && !canSendFiles) throw new BridgeError('unsupported', { detail: 'no files here' });
  for (const file of files) {
    const ofKind = limitOfFile(fileLimits, file.mime, file.voice !== undefined);
    if (ofKind === null) throw new BridgeError('unsupported', { detail: 'no files of this kind here' });
    const limitBytes = Math.min(maxFileBytes ?? Infinity, ofKind.maxBytes ?? Infinity);
    if (file.facts.sizeBytes > limitBytes) throw new BridgeError('too-large', { limitBytes });
  }
};

/** @throws BridgeError `unsupported` where a wish would be lost on the way, and the words with it */
export const checkHints = ({ canHide, canExpire }: ConversationCapabilities, { spoiler, lifetimeMs }: SendHints = {}): void => {
  if (spoiler !== undefined && canHide !== true) throw new BridgeError('unsupported', { detail: 'nothing can be hidden here' });
  if (lifetimeMs !== undefined && canExpire !== true) throw new BridgeError('unsupported', { detail: 'nothing disappears here' });
};

const refusalOf = ({ sendBlockedBy }: ConversationCapabilities): BridgeError => {
  if (sendBlockedBy === 'encrypted') return new BridgeError('encrypted-conversation');
  return new BridgeError('forbidden', { detail: sendBlockedBy ?? 'read-only' });
};
