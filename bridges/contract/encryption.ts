/** What a person can know and do about end-to-end encryption of an account. */
import type { Dialog } from './forms.ts';

export interface EncryptionDevice {
  readonly id: string;
  readonly name: string | null;
  readonly lastSeenAtMs: number | null;
  /** Part of our identity, as another device of ours vouched. */
  readonly isVerified: boolean;
  /** It takes part in encryption at all. */
  readonly hasKeys: boolean;
  readonly isSelf: boolean;
}

/** Who takes part in our encrypted conversations: every device, or only those that their owner has verified. */
export type DevicePolicy = 'all' | 'verified';

/** Another person's identity: `none`: they have none; `changed`: not the one we knew, and nobody has said that this is right. */
export type PersonTrust = 'none' | 'unverified' | 'verified' | 'changed';

/** Why a message cannot be read: `waiting`: its key may still come; the others will not change by themselves. */
export type UnreadableReason = 'waiting' | 'before-this-device' | 'backup-locked' | 'withheld' | 'sender-unverified' | 'damaged';

export interface EncryptionHealth {
  readonly deviceId: string;
  /** In groups of four signs, to be compared by eye. */
  readonly fingerprint: string;
  readonly isDeviceVerified: boolean;
  /** Our identity over all devices. `elsewhere`: it is set up, and this device is no part of it yet. */
  readonly identity: 'none' | 'here' | 'elsewhere';
  /** Message keys kept at the server, sealed. `elsewhere`: there is one that this device cannot open. */
  readonly backup: 'none' | 'here' | 'elsewhere';
  /** Keys that wait to be put into the backup; null: not known. */
  readonly unsavedKeyCount: number | null;
  readonly unreadable: readonly { readonly reason: UnreadableReason; readonly count: number }[];
  readonly devices: readonly EncryptionDevice[];
  readonly devicePolicy: DevicePolicy;
}

export type EncryptionTask =
  | { readonly kind: 'set-up' }
  | { readonly kind: 'recover' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'device-policy' }
  /** With another device of ours; null: whichever answers. */
  | { readonly kind: 'verify-device'; readonly deviceId: string | null }
  | { readonly kind: 'verify-person'; readonly address: string }
  /** Takes a changed identity for the right one. */
  | { readonly kind: 'approve-identity'; readonly address: string }
  /** Somebody asked us (event `verification.requested`). */
  | { readonly kind: 'answer-verification'; readonly requestId: string };

export interface EncryptionAbility {
  health(signal: AbortSignal): Promise<EncryptionHealth>;
  trust(address: string, signal: AbortSignal): Promise<PersonTrust>;
  /** Leads a person through it; nothing was changed yet. @throws BridgeError */
  open(task: EncryptionTask, signal: AbortSignal): Promise<Dialog>;
}
