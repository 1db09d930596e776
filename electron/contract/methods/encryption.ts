import type { AccountId } from '../networks.ts';
import type { EncryptionHealth } from '#model';

export type { EncryptionHealth, EncryptionTask } from '#model';

/** How an account stands with its end-to-end encryption; what can be done about it are dialogs (`encryption` subjects). */
export interface EncryptionMethods {
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
