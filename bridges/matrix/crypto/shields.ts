/** The signs of decrypted messages, as the crypto library sees them ("shield states"). */
import type { MatrixEvent } from 'matrix-js-sdk';
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import { EventShieldColour, EventShieldReason } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { MessageShield } from '#model';

const shieldOf: ReadonlyMap<EventShieldReason, MessageShield> = new Map<EventShieldReason, MessageShield>([
  [EventShieldReason.UNVERIFIED_IDENTITY, 'unverified-device'],
  [EventShieldReason.UNSIGNED_DEVICE, 'unverified-device'],
  [EventShieldReason.UNKNOWN_DEVICE, 'unknown-device'],
  [EventShieldReason.AUTHENTICITY_NOT_GUARANTEED, 'not-sure'],
  [EventShieldReason.VERIFICATION_VIOLATION, 'identity-changed'],
  [EventShieldReason.MISMATCHED_SENDER, 'wrong-sender'],
]);

export interface OwnDevice {
  readonly userId: string;
  /** Curve25519, in base64: who encrypted with it was this device. */
  readonly senderKey: string;
}

/** What speaks against a message that was decrypted; null: nothing, or it is this device's own. */
export async function readShield(backend: CryptoBackend, event: MatrixEvent, own: OwnDevice): Promise<MessageShield | null> {
  if (event.getSender() === own.userId && event.getSenderKey() === own.senderKey) return null;
  const info = await backend.getEncryptionInfoForEvent(event);
  if (info === null || info.shieldColour === EventShieldColour.NONE) return null;
  // A reason that we do not know is no reason to be calm.
  return (info.shieldReason === null ? undefined : shieldOf.get(info.shieldReason)) ?? 'not-sure';
}
