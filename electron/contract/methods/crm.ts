import type { AuditRow, ConnectionRow, ConnectorInfo, CrmSummary, NeverPush, ProbeResult, PushPreview, PushRange, PushRow, RedactionSettings, SetupInfo } from '../crm.ts';
import type { ConnectionId, ConversationId, PushId } from '../rows.ts';

/** Connections to CRMs and pushes to them. */
export interface CrmMethods {
  'crm.connectors': (input: Record<string, never>) => readonly ConnectorInfo[];
  'crm.connections': (input: Record<string, never>) => readonly ConnectionRow[];
  /** Probes first; adds only when usable, else the error carries the findings in `detail`. */
  'crm.connect': (input: {
    readonly connectorId: string;
    readonly name: string;
    readonly values: Readonly<Record<string, string>>;
    /** A company's file and its passphrase: what is written gets the company's names. `wrong-passphrase`, `file-damaged`. */
    readonly setup?: { readonly text: string; readonly passphrase: string };
  }) => { readonly connection: ConnectionRow; readonly probe: ProbeResult };
  /**
   * For connectors with `signIn`, in place of `crm.connect`; with `connectionId`, of `crm.renew`. Opens the way back and
   * answers with the link for the browser. One at a time: the one before ends. `sign-in-port-taken`: the way back is in use.
   */
  'crm.beginSignIn': (input: {
    readonly connectionId: ConnectionId | null;
    readonly connectorId: string;
    readonly name: string;
    readonly values: Readonly<Record<string, string>>;
    readonly setup?: { readonly text: string; readonly passphrase: string };
  }) => { readonly id: string; readonly link: string; readonly server: string };
  /**
   * Waits for the browser, then probes and connects. After `setup-incomplete` it can be called again, without a new
   * sign-in. `sign-in-declined`, `sign-in-expired`, `sign-in-unsafe`, `cancelled`.
   */
  'crm.finishSignIn': (input: { readonly id: string }) => { readonly connection: ConnectionRow; readonly probe: ProbeResult };
  'crm.cancelSignIn': (input: { readonly id: string }) => { readonly isCancelled: true };
  /** A file for colleagues: the settings without secrets, and the key of the names sealed with the passphrase. */
  'crm.exportSetup': (input: { readonly id: ConnectionId; readonly passphrase: string }) => { readonly fileName: string; readonly text: string };
  /** Says what a file sets up; changes nothing. `file-damaged` */
  'crm.readSetup': (input: { readonly text: string }) => SetupInfo;
  'crm.probe': (input: { readonly id: ConnectionId }) => ProbeResult;
  'crm.updateConnection': (input: {
    readonly id: ConnectionId;
    readonly patch: {
      readonly name?: string;
      readonly isDefault?: boolean;
      readonly isOneClick?: boolean;
      readonly redaction?: RedactionSettings;
    };
  }) => ConnectionRow;
  /** Signs in again in place (password changed, token revoked); pushes that waited for it go on. */
  'crm.renew': (input: { readonly id: ConnectionId; readonly values: Readonly<Record<string, string>> }) => {
    readonly connection: ConnectionRow;
    readonly probe: ProbeResult;
  };
  'crm.disconnect': (input: { readonly id: ConnectionId }) => { readonly isRemoved: true };
  /** `connectionId` null: the default one. Writes nothing on the other side. */
  'crm.plan': (input: {
    readonly conversationId: ConversationId;
    readonly connectionId: ConnectionId | null;
    /** Of a first push; the one remembered for the conversation, else everything, unless told. */
    readonly range?: PushRange;
    /** Ids of masks that the person wants shown as they are. */
    readonly revealed?: readonly string[];
    /** Instead of the messages' words; empty: one with the counts is made. */
    readonly summary?: string;
    /** Of a group, whose people are there by their initials otherwise. */
    readonly hasFullNames?: boolean;
  }) => PushPreview;
  /** Freezes the plan, records the choice and queues it; returns before any network call. */
  'crm.push': (input: {
    readonly planId: string;
    readonly targetKey: string;
    readonly rememberOneClick: boolean;
    /** A second yes, for files on staff. */
    readonly isConfirmed?: boolean;
  }) => PushRow;
  /** One click: plans and pushes when nothing is to decide, else returns the preview for the sheet. */
  'crm.pushNow': (input: { readonly conversationId: ConversationId; readonly connectionId: ConnectionId | null }) => {
    readonly push: PushRow | null;
    readonly preview: PushPreview | null;
  };
  'crm.cancel': (input: { readonly id: PushId }) => PushRow;
  'crm.retry': (input: { readonly id: PushId }) => PushRow;
  /** Takes back what a finished push wrote, as far as the target allows: only objects that carry our key. `not-possible` before it is done. */
  'crm.withdraw': (input: { readonly id: PushId }) => { readonly withdrawnCount: number; readonly keptCount: number };
  'crm.queue': (input: { readonly limit: number }) => readonly PushRow[];
  /** What was written where and by which account, newest first; `beforeId` null: from the newest on. Kept for good. */
  'crm.audit': (input: { readonly beforeId: number | null; readonly limit: number }) => readonly AuditRow[];
  'crm.neverPush': (input: { readonly conversationId: ConversationId }) => NeverPush;
  /** Of the other person, the conversation, or its whole account. What can still be stopped is stopped. */
  'crm.setNeverPush': (input: {
    readonly conversationId: ConversationId;
    readonly scope: 'person' | 'conversation' | 'account';
    readonly isOn: boolean;
  }) => NeverPush;
  'crm.summary': (input: { readonly conversationId: ConversationId }) => readonly CrmSummary[];
}
