import { DecryptionFailureCode } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { UnreadableReason } from '#bridge';

const reasons: ReadonlyMap<string, UnreadableReason> = new Map<string, UnreadableReason>([
  [DecryptionFailureCode.MEGOLM_UNKNOWN_INBOUND_SESSION_ID, 'waiting'],
  [DecryptionFailureCode.OLM_UNKNOWN_MESSAGE_INDEX, 'waiting'],
  [DecryptionFailureCode.MEGOLM_KEY_WITHHELD, 'withheld'],
  [DecryptionFailureCode.MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE, 'withheld'],
  [DecryptionFailureCode.HISTORICAL_MESSAGE_NO_KEY_BACKUP, 'before-this-device'],
  [DecryptionFailureCode.HISTORICAL_MESSAGE_USER_NOT_JOINED, 'before-this-device'],
  [DecryptionFailureCode.HISTORICAL_MESSAGE_BACKUP_UNCONFIGURED, 'backup-locked'],
  [DecryptionFailureCode.HISTORICAL_MESSAGE_WORKING_BACKUP, 'before-this-device'],
  [DecryptionFailureCode.SENDER_IDENTITY_PREVIOUSLY_VERIFIED, 'sender-unverified'],
  [DecryptionFailureCode.UNSIGNED_SENDER_DEVICE, 'sender-unverified'],
  [DecryptionFailureCode.UNKNOWN_SENDER_DEVICE, 'sender-unverified'],
]);

/** Why an event could not be decrypted, in the contract's words. */
export const reasonOf = (code: string): UnreadableReason => reasons.get(code) ?? 'damaged';

/** The reason again, from a place where anybody may have written. */
export const readReason = (value: unknown): UnreadableReason | null => ([...reasons.values(), 'damaged'] as const).find((reason) => reason === value) ?? null;
