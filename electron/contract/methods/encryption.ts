import type { AccountId } from '../networks.ts';
import type { EncryptionHealth, PersonTrust } from '#model';
import type { ConversationId } from '../rows.ts';

export type { EncryptionHealth, EncryptionTask, PersonTrust } from '#model';

/** How an account stands with its end-to-end encryption; what can be done about it are dialogs (`encryption` subjects). */
export interface EncryptionMethods {
  /** Asks the server. Errors: `offline`, `unsupported`. */
  /** Of the other person of a direct conversation. Errors: `not-possible` for other conversations. */
  'encryption.trust': (input: { readonly conversationId: ConversationId }) => { readonly trust: PersonTrust; readonly address: string };
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
