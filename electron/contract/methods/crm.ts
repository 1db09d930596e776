import type { ConnectionRow, ConnectorInfo, CrmSummary, NeverPush, ProbeResult, PushPreview, PushRange, PushRow, RedactionSettings } from '../crm.ts';
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
  }) => { readonly connection: ConnectionRow; readonly probe: ProbeResult };
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
  'crm.neverPush': (input: { readonly conversationId: ConversationId }) => NeverPush;
  /** Of the other person, the conversation, or its whole account. What can still be stopped is stopped. */
  'crm.setNeverPush': (input: {
    readonly conversationId: ConversationId;
    readonly scope: 'person' | 'conversation' | 'account';
    readonly isOn: boolean;
  }) => NeverPush;
  'crm.summary': (input: { readonly conversationId: ConversationId }) => readonly CrmSummary[];
}
