import type { ConnectionId, ConversationId, PushRange, TargetOption } from '#rpc';
import type { ContactDraft, ContainerDraft, RemoteRef } from '../connector.ts';
import type { Revealed } from '../redaction/redact-entries.ts';
import type { WordLocale } from '../text/words.ts';
import type { PlannedChunk } from './pack-chunks.ts';
import type { PushEntry } from './push-entry.ts';

export interface PlannedOption extends TargetOption {
  /** Null: to be created. */
  readonly ref: RemoteRef | null;
}

/** Everything a push needs, frozen before any request leaves: what was shown is what is written. */
export interface PlanContent {
  readonly conversationStableId: string;
  readonly contactKey: string;
  readonly containerKey: string;
  /** Below the contact; null: notes go on the contact itself. Only where the contact is what is chosen. */
  readonly containerKind: string | null;
  readonly contact: ContactDraft;
  readonly container: ContainerDraft;
  readonly options: readonly PlannedOption[];
  readonly suggestedKey: string | null;
  readonly entries: readonly PushEntry[];
  readonly chunks: readonly PlannedChunk[];
  /** Attachments whose bytes are gone. */
  readonly lostFiles: readonly number[];
  readonly subject: string;
  /** How long the subject is in the language that needs most. */
  readonly subjectChars?: number | undefined;
  /** What it is written in, whatever is set later. Absent in plans of the first version: English. */
  readonly locale?: WordLocale | undefined;
  readonly timeZone: string;
  /** The kind of record a rule wants; absent: as the connection is set. */
  readonly recordKind?: string | undefined;
  /** Written instead of the messages' own words; absent: these. */
  readonly summary?: string | undefined;
  /** Of a first push; null or absent: an increment. */
  readonly range?: PushRange | null | undefined;
  /** What was shown as it is although it would have been hidden: for the audit. */
  readonly revealed?: readonly Revealed[] | undefined;
}

export interface Plan {
  readonly id: string;
  readonly connectionId: ConnectionId;
  readonly conversationId: ConversationId;
  readonly plannedAtMs: number;
  readonly content: PlanContent;
}
