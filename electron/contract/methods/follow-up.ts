import type { ConnectionId, ConversationId } from '../rows.ts';
import type { PushRow } from '../crm.ts';

/** Conversations like this go to this connection, as this kind of record. What is absent is true of all; a rule of nothing but a kind is of none. */
export interface PushRule {
  readonly accountId?: number | undefined;
  readonly network?: string | undefined;
  readonly folderId?: number | undefined;
  /** One of the connector's kinds; null: as the connection is set. */
  readonly recordKind: string | null;
}

/** What a connection does by itself. All off unless a person switches it on; never for files on staff. */
export interface FollowUpOptions {
  readonly isPushedWhenDone: boolean;
  /** Minutes after midnight of the person's own day; null: never. */
  readonly eveningMinute: number | null;
  /** First match first. */
  readonly rules: readonly PushRule[];
}

/** A conversation with a known customer that the CRM does not know all of. */
export interface LostRow {
  readonly conversationId: ConversationId;
  readonly title: string;
  /** The person's name; of a group its title. */
  readonly person: string;
  readonly network: string;
  /** Stops at ten thousand. */
  readonly messageCount: number;
  readonly oldestAtMs: number;
}

/** What the CRM says of the record of a conversation. Absent: it says nothing about that. */
export interface RecordFacts {
  readonly name: string;
  /** Of a lead or deal, in the product's own words. */
  readonly stage?: string | undefined;
  readonly owner?: string | undefined;
  readonly status?: string | undefined;
  readonly priority?: string | undefined;
  /** Open tickets or leads of the contact. */
  readonly openTickets?: readonly { readonly title: string; readonly status: string; readonly url: string | null }[] | undefined;
  /** What it may become; absent: not to be changed from here. */
  readonly statusChoices?: readonly string[] | undefined;
  readonly priorityChoices?: readonly string[] | undefined;
}

/** What becomes of conversations beside the pushes that a person presses. */
export interface FollowUpMethods {
  'followUp.options': (input: { readonly connectionId: ConnectionId }) => FollowUpOptions;
  /** Errors: `not-possible` for files on staff and kinds the connector does not know. */
  'followUp.setOptions': (input: { readonly connectionId: ConnectionId; readonly options: FollowUpOptions }) => FollowUpOptions;
  'followUp.doneState': (input: { readonly conversationId: ConversationId }) => { readonly isDone: boolean };
  /** Done until the other side writes again. Pushes to the connections that want it; `pushes` says to which, and what needs a person. */
  'followUp.setDone': (input: { readonly conversationId: ConversationId; readonly isDone: boolean }) => {
    readonly isDone: boolean;
    readonly pushes: readonly PushRow[];
  };
  /** Conversations with known customers of which something older than `days` is in no CRM, the oldest first. */
  'followUp.lost': (input: { readonly days: number }) => readonly LostRow[];
  /** Null: no record is linked, or the connector reads none back. Asks the CRM. */
  'followUp.record': (input: { readonly conversationId: ConversationId; readonly connectionId: ConnectionId }) => RecordFacts | null;
  /** Changes status or priority of the linked ticket, as the person chose it. Errors: `not-possible` */
  'followUp.changeRecord': (input: {
    readonly conversationId: ConversationId;
    readonly connectionId: ConnectionId;
    readonly field: 'status' | 'priority';
    readonly value: string;
  }) => RecordFacts;
}
