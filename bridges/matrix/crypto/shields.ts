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

export interface ShieldReader {
  /** What speaks against a message that was decrypted; null: nothing, or it is this device's own. */
  read(event: MatrixEvent): Promise<MessageShield | null>;
  /** Devices, identities or keys changed. */
  forget(): void;
}

const mostKept = 2_000;
/** Longer than a page of history takes, shorter than anybody waits for a sign to go. */
const keptMs = 60_000;

/** All messages of one session and sender deserve the same sign: asking for each costs half as much as decrypting it. */
export const createShieldReader = (backend: CryptoBackend, own: OwnDevice): ShieldReader => {
  const known = new Map<string, { readonly shield: MessageShield | null; readonly untilMs: number }>();
  let generation = 0;
  return {
    async read(event) {
      const sessionId: unknown = event.getWireContent()['session_id'];
      const key = JSON.stringify([event.getRoomId(), sessionId, event.getSender(), event.getSenderKey()]);
      const found = known.get(key);
      if (found !== undefined && found.untilMs > performance.now()) return found.shield;
      const asked = generation;
      const shield = await askShield(backend, event, own);
      if (known.size >= mostKept) known.clear();
      if (asked === generation) known.set(key, { shield, untilMs: performance.now() + keptMs });
      return shield;
    },
    forget() {
      generation += 1;
      known.clear();
    },
  };
};

async function askShield(backend: CryptoBackend, event: MatrixEvent, own: OwnDevice): Promise<MessageShield | null> {
  if (event.getSender() === own.userId && event.getSenderKey() === own.senderKey) return null;
  const info = await backend.getEncryptionInfoForEvent(event);
  if (info === null || info.shieldColour === EventShieldColour.NONE) return null;
  // A reason that we do not know is no reason to be calm.
  return (info.shieldReason === null ? undefined : shieldOf.get(info.shieldReason)) ?? 'not-sure';
}
