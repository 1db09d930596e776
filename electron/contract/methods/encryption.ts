import type { AccountId } from '../networks.ts';
import type { EncryptionHealth, PersonTrust, UnverifiedDevices } from '#model';
import type { ConversationId, StagedFileId } from '../rows.ts';

export type { EncryptionHealth, EncryptionTask, PersonTrust } from '#model';

/** How an account stands with its end-to-end encryption; what can be done about it are dialogs (`encryption` subjects). */
export interface EncryptionMethods {
  /** Of the other person of a direct conversation; asks the server. Errors: `not-possible` for other conversations. */
  'encryption.trust': (input: { readonly conversationId: ConversationId }) => {
    readonly trust: PersonTrust;
    readonly address: string;
    /** Null: the network does not tell. */
    readonly unverifiedDevices: UnverifiedDevices | null;
  };
  /** What is worth knowing before one writes; asks no server. Errors: `offline`, `unsupported`. */
  'encryption.warnings': (input: { readonly conversationId: ConversationId }) => {
    /** Who answers with another identity than the one we knew. */
    readonly changedPeople: readonly { readonly address: string; readonly name: string }[];
    readonly unverifiedDevices: UnverifiedDevices;
  };
  /** All message keys of this device as the text of a file, under a passphrase of at least eight signs. Errors: `offline`, `unsupported`, `not-found` (no keys yet). */
  'encryption.exportKeys': (input: { readonly accountId: AccountId; readonly passphrase: string }) => { readonly text: string; readonly keyCount: number };
  /** Takes over the keys of a staged file, which is forgotten once it was read. Errors: `too-large`, `file-damaged`, `wrong-password`; events `encryption.importing`. */
  'encryption.importKeys': (input: { readonly accountId: AccountId; readonly fileId: StagedFileId; readonly passphrase: string }) => { readonly keyCount: number };
  /** Asks the server. Errors: `offline`, `unsupported`. */
  'encryption.health': (input: { readonly accountId: AccountId }) => EncryptionHealth;
}

/** Somebody wants to be verified. */
export interface VerificationNews {
  readonly accountId: AccountId;
  readonly requestId: string;
  /** Who asks, as the network names them. */
  readonly address: string;
  readonly isSelf: boolean;
  readonly deviceId: string | null;
  /** False: it is over. */
  readonly isOpen: boolean;
}
