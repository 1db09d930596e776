import type { DeliveryState, Poll } from '#model';
import type {
  AddressId,
  ConversationId,
  Fault,
  MessageAnchor,
  MessageId,
  MessageRow,
  PollRow,
  PushId,
  PushLine,
} from '#rpc';
import type { ReadableDb } from './database.ts';
import { attachments } from './repositories/attachments.ts';
import { messageHappenings } from './repositories/message-happenings.ts';
import { messageHints, noHints } from './repositories/message-hints.ts';
import { reactions } from './repositories/reactions.ts';
import { polls } from './repositories/polls.ts';
import { replies } from './repositories/replies.ts';
import { inNoThread, threads } from './repositories/threads.ts';
import { readAll, readOne } from './statements.ts';
import { isTakenBack } from './taken-back.ts';

export interface MessageRowPage {
  /** Ascending. */
  readonly rows: MessageRow[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

interface Row {
  id: number;
  conversation_id: number;
  sender_id: number | null;
  shown_name: string | null;
  sender_avatar_id: number | null;
  is_own: number;
  kind: MessageRow['kind'];
  text: string;
  sent_at_ms: number;
  sort_key: number;
  delivery: DeliveryState | null;
  fault: string | null;
  edited_at_ms: number | null;
  deleted_at_ms: number | null;
  has_gap: number;
  is_pushed: number;
}

interface PushRow {
  line_message_id: number;
  id: number;
  connection_name: string;
  connector_id: string;
  target_title: string;
  message_count: number;
  file_count: number;
  url: string | null;
  is_taken_back: number;
}

const columns = `
  messages.id, messages.conversation_id, sender_id, is_own, kind, text, sent_at_ms, sort_key, delivery, fault,
  edited_at_ms, deleted_at_ms,
  coalesce(sender_name, addresses.display_name, addresses.handle) AS shown_name,
  addresses.avatar_id AS sender_avatar_id,
  EXISTS (SELECT 1 FROM gaps WHERE gaps.before_id = messages.id) AS has_gap,
  EXISTS (SELECT 1 FROM pushed_messages WHERE pushed_messages.message_id = messages.id) AS is_pushed`;
const withSender = 'LEFT JOIN addresses ON addresses.id = messages.sender_id';

const newest = `SELECT ${columns} FROM messages ${withSender}
  WHERE messages.conversation_id = ? AND ${inNoThread} ORDER BY sort_key DESC, messages.id DESC LIMIT ?`;
const before = `SELECT ${columns} FROM messages ${withSender}
  WHERE messages.conversation_id = ? AND (sort_key, messages.id) < (?, ?) AND ${inNoThread}
  ORDER BY sort_key DESC, messages.id DESC LIMIT ?`;
const after = `SELECT ${columns} FROM messages ${withSender}
  WHERE messages.conversation_id = ? AND (sort_key, messages.id) > (?, ?) AND ${inNoThread}
  ORDER BY sort_key, messages.id LIMIT ?`;
/** The one that was asked for, unless it stands in a thread. */
const itself = `SELECT ${columns} FROM messages ${withSender} WHERE messages.id = ? AND ${inNoThread}`;
const byIds = `SELECT ${columns} FROM json_each(?) AS wanted
  JOIN messages ON messages.id = wanted.value ${withSender} ORDER BY sort_key, messages.id`;

/** The statements of the hot path, for the query-plan tests. */
export const messagePageQueries = { newest, before, after, byIds };

/**
 * One page of a conversation by keyset, without what stands in threads, complete with attachments, reactions, replies,
 * hints, polls, threads and push lines: a fixed number of queries whatever the size. An anchor that is no message of this
 * conversation gives the newest page.
 */
export function readMessagePage(
  db: ReadableDb,
  conversationId: ConversationId,
  anchor: MessageAnchor,
  limit: number,
): MessageRowPage {
  const key = anchor.kind === 'newest' ? undefined : sortKeyOf(db, conversationId, anchor.id);
  if (anchor.kind === 'newest' || key === undefined) {
    const rows = readAll<Row>(db, newest, conversationId, limit + 1);
    return finish(db, rows.slice(0, limit).reverse(), rows.length > limit, false);
  }
  if (anchor.kind === 'before') {
    const rows = readAll<Row>(db, before, conversationId, key, anchor.id, limit + 1);
    return finish(db, rows.slice(0, limit).reverse(), rows.length > limit, true);
  }
  if (anchor.kind === 'after') {
    const rows = readAll<Row>(db, after, conversationId, key, anchor.id, limit + 1);
    return finish(db, rows.slice(0, limit), true, rows.length > limit);
  }
  const olderLimit = Math.floor((limit - 1) / 2);
  const newerLimit = limit - 1 - olderLimit;
  const older = readAll<Row>(db, before, conversationId, key, anchor.id, olderLimit + 1);
  const newer = readAll<Row>(db, after, conversationId, key, anchor.id, newerLimit + 1);
  const middle = readAll<Row>(db, itself, anchor.id);
  const rows = [...older.slice(0, olderLimit).reverse(), ...middle, ...newer.slice(0, newerLimit)];
  return finish(db, rows, older.length > olderLimit, newer.length > newerLimit);
}

/** Rows by id, in the order of their conversations; unknown ids are left out. */
export const readMessageRows = (db: ReadableDb, ids: readonly MessageId[]): MessageRow[] =>
  toMessageRows(db, readAll<Row>(db, byIds, JSON.stringify(ids)));

function sortKeyOf(db: ReadableDb, conversationId: ConversationId, id: MessageId): number | undefined {
  return readOne<{ key: number }>(
    db,
    'SELECT sort_key AS key FROM messages WHERE id = ? AND conversation_id = ?',
    id,
    conversationId,
  )?.key;
}

function finish(db: ReadableDb, rows: Row[], hasOlder: boolean, hasNewer: boolean): MessageRowPage {
  return { rows: toMessageRows(db, rows), hasOlder, hasNewer };
}

function toMessageRows(db: ReadableDb, rows: readonly Row[]): MessageRow[] {
  const ids = rows.map((row) => row.id as MessageId);
  const attachmentsOf = attachments.ofMessages(db, ids);
  const reactionsOf = reactions.ofMessages(db, ids);
  const replyOf = replies.ofMessages(db, ids);
  const hintsOf = messageHints.ofMessages(db, ids);
  const threadOf = threads.ofAnswers(db, ids);
  const begunBy = threads.ofRoots(db, ids);
  const pollOf = polls.ofMessages(db, ids);
  const voteOf = pollOf.size === 0 ? null : polls.waitingVotes(db, [...pollOf.keys()]);
  const happeningOf = rows.some((row) => row.kind === 'system') ? messageHappenings.ofMessages(db, ids) : null;
  const lineOf = rows.some((row) => row.kind === 'push') ? readPushLines(db, ids) : new Map<MessageId, PushLine>();
  return rows.map((row) => {
    const id = row.id as MessageId;
    const { spoiler, isUnstyled, isMention, lifetimeMs, expiresAtMs, shield } = hintsOf.get(id) ?? noHints;
    return {
      id,
      conversationId: row.conversation_id as ConversationId,
      senderId: row.sender_id as AddressId | null,
      senderName: row.shown_name ?? '',
      senderAvatarId: row.is_own === 1 ? null : row.sender_avatar_id,
      isOwn: row.is_own === 1,
      kind: row.kind,
      text: row.text,
      sentAtMs: row.sent_at_ms,
      delivery: row.delivery,
      fault: row.fault === null ? null : (JSON.parse(row.fault) as Fault),
      editedAtMs: row.edited_at_ms,
      deletedAtMs: row.deleted_at_ms,
      replyTo: replyOf.get(id) ?? null,
      attachments: attachmentsOf.get(id) ?? [],
      reactions: reactionsOf.get(id) ?? [],
      isPushed: row.is_pushed === 1,
      push: lineOf.get(id) ?? null,
      hasGapBefore: row.has_gap === 1,
      spoiler,
      isUnstyled,
      isMention,
      lifetimeMs,
      expiresAtMs,
      shield,
      happening: happeningOf?.get(id) ?? null,
      thread: begunBy.get(id) ?? null,
      threadId: threadOf.get(id) ?? null,
      poll: row.deleted_at_ms === null ? withVote(pollOf.get(id), voteOf?.get(id)) : null,
    };
  });
}

function withVote(poll: Poll | undefined, waitingChoices: readonly string[] | undefined): PollRow | null {
  if (poll === undefined) return null;
  return waitingChoices === undefined ? poll : { ...poll, waitingChoices };
}

function readPushLines(db: ReadableDb, ids: readonly MessageId[]): Map<MessageId, PushLine> {
  const rows = readAll<PushRow>(
    db,
    `SELECT line_message_id, pushes.id, connection_name, connector_id, target_title, message_count, file_count, url,
       ${isTakenBack} AS is_taken_back
     FROM json_each(?) AS wanted JOIN pushes ON pushes.line_message_id = wanted.value`,
    JSON.stringify(ids),
  );
  return new Map(
    rows.map((row) => [
      row.line_message_id as MessageId,
      {
        pushId: row.id as PushId,
        connectionName: row.connection_name,
        connectorId: row.connector_id,
        targetTitle: row.target_title,
        messageCount: row.message_count,
        fileCount: row.file_count,
        url: row.url,
        isTakenBack: row.is_taken_back === 1,
      },
    ]),
  );
}
