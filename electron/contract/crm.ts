/** Pushing a conversation to a CRM, as the interface sees it. */
import type { ConnectionId, ConversationId, Fault, MessageId, PushId, AttachmentId } from './rows.ts';

export interface ConnectorField {
  readonly name: string;
  readonly kind: 'url' | 'text' | 'password' | 'folder' | 'choice' | 'checkbox';
  readonly isRequired: boolean;
  readonly isAdvanced: boolean;
  readonly placeholder?: string | undefined;
  readonly options?: readonly string[] | undefined;
}

/** What a connector can do, shown before a person chooses it. */
export interface ConnectorInfo {
  readonly id: string;
  readonly name: string;
  readonly verifiedAgainst: 'real-server' | 'contract' | 'not-verified';
  readonly fields: readonly ConnectorField[];
  readonly recordKinds: readonly string[];
  /** What `crm.withdraw` can remove there; everything else of a push stays. */
  readonly canTakeBack: { readonly notes: boolean; readonly files: boolean };
  /** Keeps files on staff: every push is confirmed once more, and none goes by itself. */
  readonly isPersonnel?: boolean | undefined;
  /**
   * People can sign in there with their browser (`crm.beginSignIn`), which comes back to this address: it is registered
   * there. Where the field of the registration's id stays empty, another way is used (`crm.connect`, with a pasted token).
   */
  readonly signIn?: { readonly redirectAddress: string; readonly clientIdField: string } | undefined;
}

/** What a company's file sets up; nothing in it is a secret but the key, which its passphrase opens. */
export interface SetupInfo {
  readonly connectorId: string;
  /** Null: this version knows no such product. */
  readonly connectorName: string | null;
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
  /** Where requests would go; null: to no server, or to an address that is refused. */
  readonly server: string | null;
  /** Connections of this device to the same place. Without the same key, what both write is doubled. */
  readonly known: readonly { readonly id: ConnectionId; readonly name: string; readonly hasSameKey: boolean; readonly pushedConversationCount: number }[];
}

/** What is hidden in a push unless the person shows it. */
export type MaskKind = 'iban' | 'card' | 'national-id' | 'code' | 'word';

export interface RedactionSettings {
  readonly isIbanHidden: boolean;
  readonly isCardHidden: boolean;
  readonly isNationalIdHidden: boolean;
  readonly isCodeHidden: boolean;
  /** Words of the person's choice, as whole words, in any case. */
  readonly words: readonly string[];
}

/** How far back a first push reaches. `message`: from `fromId` on. */
export interface PushRange {
  readonly since: 'everything' | 'today' | 'week' | 'month' | 'message';
  readonly fromId?: MessageId | undefined;
}

/** One place in the texts of a push that is hidden, or would be. */
export interface PushMask {
  /** Given back in `crm.plan` to show it as it is. */
  readonly id: string;
  readonly kind: MaskKind;
  readonly messageId: MessageId;
  /** What it looks like hidden, with its last two characters left to tell it apart. Only for the screen. */
  readonly hint: string;
  readonly isRevealed: boolean;
}

/** Who is never pushed, to any CRM. */
export interface NeverPush {
  readonly isPerson: boolean;
  readonly isConversation: boolean;
  readonly isAccount: boolean;
}

export interface ConnectionRow {
  readonly id: ConnectionId;
  readonly connectorId: string;
  readonly name: string;
  readonly isDefault: boolean;
  /** With nothing to decide, push without the sheet. */
  readonly isOneClick: boolean;
  readonly redaction?: RedactionSettings | undefined;
  /** By the browser, with a registration of the company's; absent: by what the form held. */
  readonly isBySignIn?: true | undefined;
  readonly state: 'ready' | 'needs-login' | 'unreachable' | 'locked';
  readonly fault: Fault | null;
}

/** A thing that is missing on the other side, with how to mend it. */
export interface ProbeFinding {
  readonly severity: 'error' | 'warning' | 'info';
  readonly code: string;
  readonly detail?: string | undefined;
  /** Names for the sentence of this code. */
  readonly values?: Readonly<Record<string, string>> | undefined;
}

/** Who is told by a push, as a code with the names for its sentence. */
export interface PushEffect {
  readonly code: string;
  readonly values: Readonly<Record<string, string>>;
}

export interface ProbeResult {
  readonly isUsable: boolean;
  readonly signedInAs: string | null;
  readonly version: string | null;
  readonly findings: readonly ProbeFinding[];
}

/** What a record says otherwise than the chat. A push leaves it as it is. */
export interface RecordDifference {
  readonly field: 'name' | 'phone' | 'email';
  /** What stands in the CRM; several with commas between. */
  readonly there: string;
  /** What the chat knows. */
  readonly here: string;
}

/** One possible target record. `key` is given back in the decision. */
export interface TargetOption {
  readonly key: string;
  readonly action: 'create' | 'use';
  readonly recordKind: string;
  readonly title: string;
  readonly subtitle: string;
  /** Why it is offered: `linked`, `same-email`, `same-phone`, `same-handle`, `none-found`, `name-only`. */
  readonly reason: string;
  readonly reasonValue: string | null;
  readonly url: string | null;
  /** As far as the look-up has read the record; absent: none. */
  readonly differences?: readonly RecordDifference[] | undefined;
}

export interface PreviewFile {
  readonly attachmentId: AttachmentId;
  readonly name: string;
  readonly sizeBytes: number | null;
  /** Set when it cannot go along: too large for the target, no longer at the network … */
  readonly problem: Fault | null;
}

/** Exactly what a push will write. `bodySha256` equals the hash of the bytes that are sent. */
export interface PushPreview {
  readonly planId: string;
  readonly connectionId: ConnectionId;
  readonly connectionName: string;
  readonly conversationId: ConversationId;
  readonly options: readonly TargetOption[];
  /** Null: the person has to choose. */
  readonly suggestedKey: string | null;
  readonly parts: readonly { readonly text: string; readonly bodySha256: string }[];
  readonly files: readonly PreviewFile[];
  readonly newMessageCount: number;
  readonly pushedMessageCount: number;
  readonly fromId: MessageId | null;
  readonly untilId: MessageId | null;
  /** Such as "this queue mails the requestor"; empty: nobody is mailed. */
  readonly sideEffects: readonly string[];
  /** The same, for the interface to say in its own language. */
  readonly effects?: readonly PushEffect[] | undefined;
  /** The look-up of records could not be made; the push can still be queued for a known target. */
  readonly fault: Fault | null;
  /** Redone look-ups are needed when older than a minute or when new messages came. */
  readonly plannedAtMs: number;
  /** How far back it reaches; null: an increment, which begins where the last one ended. */
  readonly range?: PushRange | null | undefined;
  readonly masks?: readonly PushMask[] | undefined;
  /** What is written instead of the messages' words, to be edited; null: their words. */
  readonly summary?: string | null | undefined;
  /** Of a group: the others are there by their initials. */
  readonly hasInitials?: boolean | undefined;
  /** A file on staff: `crm.push` wants `isConfirmed`. */
  readonly needsConfirmation?: boolean | undefined;
}

export type PushState =
  | 'undoable' // waits until the undo time is over
  | 'waiting' // for the network or its turn
  | 'sending'
  | 'needs-you'
  | 'done'
  | 'cancelled';

export interface PushRow {
  readonly id: PushId;
  readonly connectionId: ConnectionId;
  readonly connectionName: string;
  readonly connectorId: string;
  readonly conversationId: ConversationId;
  readonly conversationTitle: string;
  readonly state: PushState;
  readonly targetTitle: string;
  readonly messageCount: number;
  readonly fileCount: number;
  readonly url: string | null;
  readonly fault: Fault | null;
  readonly attempts: number;
  readonly nextAttemptAtMs: number | null;
  readonly createdAtMs: number;
  readonly doneAtMs: number | null;
  /** While `undoable`: until then `crm.cancel` takes it back. */
  readonly undoUntilMs: number | null;
  /** Done, and everything it wrote was taken back since. */
  readonly isTakenBack: boolean;
}

/** What was done on the other side, or decided here about it. */
export type AuditAction =
  | 'chosen'
  | 'created'
  | 'adopted'
  | 'filled'
  | 'changed'
  | 'written'
  | 'withdrawn'
  | 'skipped'
  | 'converged'
  | 'cancelled'
  | 'revealed'
  | 'forbidden'
  | 'allowed';

/** One line of the log of pushes: who sent what, where and when. Never the words themselves. */
export interface AuditRow {
  readonly id: number;
  readonly atMs: number;
  /** The account that the conversation belongs to; null once that was removed. */
  readonly account: string | null;
  readonly conversationTitle: string | null;
  readonly connectionName: string;
  readonly action: AuditAction;
  readonly recordKind: string | null;
  readonly recordId: string | null;
  /** Field names, part numbers. */
  readonly detail: string | null;
}

/** For the side panel: what is in the CRM and what is not. */
export interface CrmSummary {
  readonly connectionId: ConnectionId;
  readonly connectionName: string;
  readonly connectorId: string;
  readonly targetTitle: string | null;
  readonly url: string | null;
  readonly pushedMessageCount: number;
  readonly pushedFileCount: number;
  readonly unpushedMessageCount: number;
  readonly unpushedFileCount: number;
  readonly lastPushedAtMs: number | null;
  /** Nothing to decide: target known, one-click agreed to. */
  readonly canPushAtOnce: boolean;
  /** By whose rule nothing of it is pushed; null: it may be. */
  readonly neverBy?: 'person' | 'conversation' | 'account' | null | undefined;
  readonly openPush: PushRow | null;
}
