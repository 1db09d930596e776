import type { ConnectionId, ConversationId, PushId, PushPreview, PushRow, RpcInput, RpcMethod, RpcOutput, Settings } from '#rpc';
import type { WritableDb } from '../store/database.ts';
import type { AuditEntry } from './ledger/audit.ts';
import type { SecretVault } from './connection-values.ts';
import type { Connector, PrintPage } from './connector.ts';
import type { PushNotices } from './core/push-desk.ts';
import type { PushFiles } from './core/push-source.ts';
import type { FollowUp } from './follow-up.ts';

export interface CrmDeps {
  readonly db: WritableDb;
  readonly vault: SecretVault;
  readonly files: PushFiles;
  /** The absolute path behind a token of `host.folder`; null when there is none. */
  readonly resolveFolder: (token: string) => string | null;
  readonly nowMs: () => number;
  readonly notify: Pick<PushNotices, 'pushChanged' | 'lineAdded' | 'messagesChanged'> & { readonly connectionsChanged: () => void };
  /** How long a push that is accepted now can be taken back. */
  readonly undoMs: () => number;
  /** The person's own unless told. */
  readonly timeZone?: string | undefined;
  /** In which language new pushes are written; that of the computer unless told. */
  readonly locale?: (() => Settings['locale']) | undefined;
  readonly random?: (() => number) | undefined;
  /** Where browsers come back to after a sign-in; 0: any that is free. */
  readonly signInPort?: number | undefined;
  /** Absent in browser mode. */
  readonly printPage?: PrintPage | undefined;
  /** All that are built in unless told. */
  readonly connectors?: readonly Connector[] | undefined;
}

type Answer<Method extends RpcMethod> = RpcOutput<Method>;

/** One method for each `crm.*` of the RPC contract, and what the engine itself needs. Refusals are `RpcFailure`s. */
export interface CrmService {
  readonly connectors: () => Answer<'crm.connectors'>;
  readonly connections: () => Answer<'crm.connections'>;
  readonly connect: (input: RpcInput<'crm.connect'>) => Promise<Answer<'crm.connect'>>;
  readonly probe: (input: { readonly id: ConnectionId }) => Promise<Answer<'crm.probe'>>;
  readonly beginSignIn: (input: RpcInput<'crm.beginSignIn'>) => Promise<Answer<'crm.beginSignIn'>>;
  readonly finishSignIn: (input: RpcInput<'crm.finishSignIn'>) => Promise<Answer<'crm.finishSignIn'>>;
  readonly cancelSignIn: (input: RpcInput<'crm.cancelSignIn'>) => Answer<'crm.cancelSignIn'>;
  readonly exportSetup: (input: RpcInput<'crm.exportSetup'>) => Promise<Answer<'crm.exportSetup'>>;
  readonly readSetup: (input: RpcInput<'crm.readSetup'>) => Promise<Answer<'crm.readSetup'>>;
  readonly updateConnection: (input: RpcInput<'crm.updateConnection'>) => Answer<'crm.updateConnection'>;
  readonly disconnect: (input: { readonly id: ConnectionId }) => Answer<'crm.disconnect'>;
  readonly plan: (input: RpcInput<'crm.plan'>) => Promise<PushPreview>;
  readonly push: (input: RpcInput<'crm.push'>) => PushRow;
  readonly pushNow: (input: RpcInput<'crm.pushNow'>) => Promise<Answer<'crm.pushNow'>>;
  readonly cancel: (input: { readonly id: PushId }) => PushRow;
  readonly retry: (input: { readonly id: PushId }) => PushRow;
  readonly queue: (input: { readonly limit: number }) => readonly PushRow[];
  readonly summary: (input: { readonly conversationId: ConversationId }) => Promise<Answer<'crm.summary'>>;
  readonly audit: (input: RpcInput<'crm.audit'>) => Answer<'crm.audit'>;
  readonly neverPush: (input: RpcInput<'crm.neverPush'>) => Answer<'crm.neverPush'>;
  readonly setNeverPush: (input: RpcInput<'crm.setNeverPush'>) => Answer<'crm.setNeverPush'>;

  /** Signs in again in place: a new password or token, other fields where given. Stuck pushes go on. */
  readonly renew: (input: {
    readonly id: ConnectionId;
    readonly values: Readonly<Record<string, string>>;
  }) => Promise<Answer<'crm.connect'>>;
  /** Takes back what a push wrote, as far as the product allows: only objects that carry our key. */
  readonly withdraw: (input: { readonly id: PushId }) => Promise<{ readonly withdrawnCount: number; readonly keptCount: number }>;
  readonly auditOf: (conversationId: ConversationId) => readonly AuditEntry[];

  readonly followUp: FollowUp;
  /** Takes up what an earlier run left. Call after the store is open; works while the vault is locked. */
  readonly start: () => void;
  /** Network back, computer awake, or vault opened. */
  readonly wake: () => void;
  readonly stop: () => Promise<void>;
}
