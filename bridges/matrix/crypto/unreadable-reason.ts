import type { MatrixEvent } from 'matrix-js-sdk';
import { DecryptionFailureCode } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { UnreadableReason } from '#bridge';

const reasons: ReadonlyMap<string, UnreadableReason> = new Map<string, UnreadableReason>([
  [DecryptionFailureCode.MEGOLM_UNKNOWN_INBOUND_SESSION_ID, 'waiting'],
  [DecryptionFailureCode.OLM_UNKNOWN_MESSAGE_INDEX, 'waiting'],
  [DecryptionFailureCode.MEGOLM_KEY_WITHHELD, 'withheld'],
  [DecryptionFailureCode.MEGOLM_KEY_WITHHELD_FOR_UNVERIFIED_DEVICE, 'withheld-unverified'],
  ['m.blacklisted', 'withheld-blocked'],
  ['m.unauthorised', 'withheld-not-allowed'],
  ['m.unavailable', 'withheld-not-there'],
  ['m.no_olm', 'withheld-no-channel'],
  ['m.history_not_shared', 'withheld-history'],
  [DecryptionFailureCode.HISTORICAL_MESSAGE_NO_KEY_BACKUP, 'before-this-device'],
  [DecryptionFailureCode.HISTORICAL_MESSAGE_USER_NOT_JOINED, 'before-this-device'],
  [DecryptionFailureCode.HISTORICAL_MESSAGE_BACKUP_UNCONFIGURED, 'backup-locked'],
  [DecryptionFailureCode.HISTORICAL_MESSAGE_WORKING_BACKUP, 'before-this-device'],
  [DecryptionFailureCode.SENDER_IDENTITY_PREVIOUSLY_VERIFIED, 'sender-unverified'],
  [DecryptionFailureCode.UNSIGNED_SENDER_DEVICE, 'sender-unverified'],
  [DecryptionFailureCode.UNKNOWN_SENDER_DEVICE, 'sender-unverified'],
]);

/**
 * The SDK hands on the crypto library's sentence instead of the code of `m.room_key.withheld`. A sentence that changes
 * costs the detail: it is "withheld" then.
 * @see https://spec.matrix.org/v1.16/client-server-api/#reporting-that-decryption-keys-are-withheld
 */
const sentences: readonly (readonly [sentence: string, code: string])[] = [
  ['The sender has blocked you.', 'm.blacklisted'],
  ['You are not authorised to read the message.', 'm.unauthorised'],
  ['The requested key was not found.', 'm.unavailable'],
  ['Unable to establish a secure channel.', 'm.no_olm'],
  ['The sender disabled sharing encrypted history.', 'm.history_not_shared'],
];

/** Why the SDK could not decrypt an event: its own word, or the code under which the key was withheld. */
export const failureOf = (event: MatrixEvent): string => {
  const code = event.decryptionFailureReason ?? 'UNKNOWN_ERROR';
  if (code !== DecryptionFailureCode.MEGOLM_KEY_WITHHELD) return code;
  const told = String((event.getContent() as Readonly<Record<string, unknown>>)['body']);
  return sentences.find(([sentence]) => told.includes(sentence))?.[1] ?? code;
};

/** Why an event could not be decrypted, in the contract's words. */
export const reasonOf = (code: string): UnreadableReason => reasons.get(code) ?? 'damaged';

/** The reason again, from a place where anybody may have written. */
export const readReason = (value: unknown): UnreadableReason | null => ([...reasons.values(), 'damaged'] as const).find((reason) => reason === value) ?? null;
