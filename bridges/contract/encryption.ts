/** What a person can know and do about end-to-end encryption of an account. */
import type { Dialog } from './forms.ts';
import type { RemoteConversationId, RemotePersonId } from './ids.ts';

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

export interface UnverifiedDevices {
  readonly count: number;
  readonly devicePolicy: DevicePolicy;
}

/** What is worth knowing before one writes into an encrypted conversation. */
export interface EncryptionWarnings {
  /** Members who answer with another identity than the one we knew, and nobody has said that this is right. */
  readonly changedPeople: readonly RemotePersonId[];
  /** Of all members that were looked at. */
  readonly unverifiedDevices: UnverifiedDevices;
}

/** Another person's identity: `none`: they have none; `changed`: not the one we knew, and nobody has said that this is right. */
export type PersonTrust = 'none' | 'unverified' | 'verified' | 'changed';

/**
 * Why a message cannot be read: `waiting`: its key may still come; the others will not change by themselves.
 * `withheld`: its sender did not give us the key; where they said why, the longer words do: our device is not verified,
 * they blocked us, we may not read it, they do not have it either, no secure channel, they do not share what was before.
 */
export type UnreadableReason =
  | 'waiting'
  | 'before-this-device'
  | 'backup-locked'
  | 'withheld'
  | 'withheld-unverified'
  | 'withheld-blocked'
  | 'withheld-not-allowed'
  | 'withheld-not-there'
  | 'withheld-no-channel'
  | 'withheld-history'
  | 'sender-unverified'
  | 'damaged';

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

/** All message keys of this device, sealed by a passphrase, as text to be kept in a file. */
export interface ExportedKeys {
  readonly text: string;
  readonly keyCount: number;
}

/** Message keys in files that other programs of the network read too. */
export interface KeyFileAbility {
  /** @throws BridgeError `not-found` when there are no keys yet */
  exportKeys(passphrase: string, signal: AbortSignal): Promise<ExportedKeys>;
  /**
   * Reads the file at `path`; what can be read now becomes readable by itself. Progress: event `encryption.importing`.
   * @throws BridgeError `too-large`, `file-damaged`, `wrong-password`
   */
  importKeys(path: string, passphrase: string, signal: AbortSignal): Promise<{ readonly keyCount: number }>;
}

export interface EncryptionAbility {
  readonly keyFiles?: KeyFileAbility | undefined;
  health(signal: AbortSignal): Promise<EncryptionHealth>;
  trust(address: string, signal: AbortSignal): Promise<PersonTrust>;
  /** How many devices of somebody are not vouched for by their owner: our policy decides whether they can read us. */
  unverifiedDevices?(address: string, signal: AbortSignal): Promise<UnverifiedDevices>;
  /** Of the members of a conversation, as far as we know them without asking the server. @throws BridgeError `offline` */
  warnings?(conversationId: RemoteConversationId, signal: AbortSignal): Promise<EncryptionWarnings>;
  /** Leads a person through it; nothing was changed yet. @throws BridgeError */
  open(task: EncryptionTask, signal: AbortSignal): Promise<Dialog>;
}
