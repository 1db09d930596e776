import type {
  AccountId,
  ConversationKind,
  Membership,
  MessageKind,
  NetworkId,
  NotifyLevel,
  RemoteConversationId,
} from '#model';
import type { AddressId, ConversationId, ConversationRow, MessageId } from '#rpc';
import type { ReadableDb, WritableDb } from '../store/database.ts';
import { statement } from '../store/statements.ts';
import { plainLine } from '../text/plain-line.ts';
import { outsideText } from './outside-text.ts';

/** What the last line of the list is made of; worked out once a batch, not once a message. */
export interface LastMessage {
  readonly id: MessageId;
  readonly sortKey: number;
  readonly sentAtMs: number;
  readonly text: string;
  readonly senderId: AddressId | null;
  readonly senderName: string | null;
  readonly isOwn: boolean;
  readonly kind: MessageKind;
  readonly delivery: string | null;
}

/**
 * A conversation while a batch works on it: loaded once, changed in memory, written back once. Only what messages
 * need; names and the like are read and written where they change (conversation-identity.ts).
 */
export interface ConversationState {
  readonly id: ConversationId;
  readonly accountId: AccountId;
  readonly remoteId: RemoteConversationId;
  /** Its token in the full-text index. */
  readonly scope: string;
  kind: ConversationKind;
  membership: Membership;
  peerId: AddressId | null;
  isListed: boolean;
  notify: NotifyLevel;
  isCountedRemotely: boolean;
  unreadCount: number;
  readUpToId: MessageId | null;
  readUpToKey: number;
  activeAtMs: number;
  lastMessageId: MessageId | null;
  lastSortKey: number;
  readonly isPushedEver: boolean;
  unpushedCount: number;
  /** Set when a newer message than the stored last one came. */
  newLast: LastMessage | null;
  /** The last message was edited, deleted or removed: its line has to be made anew. */
  isLastStale: boolean;
  isTitleStale: boolean;
  isDirty: boolean;
}

interface Row {
  id: number;
  account_id: number;
  remote_id: string;
  kind: ConversationKind;
  membership: Membership;
  peer_id: number | null;
  is_listed: number;
  notify: NotifyLevel;
  is_counted_remotely: number;
  unread_count: number;
  read_up_to_id: number | null;
  read_up_to_key: number;
  active_at_ms: number;
  last_message_id: number | null;
  last_sort_key: number;
  is_pushed: number;
  unpushed_count: number;
}

const columns = `id, account_id, remote_id, kind, membership, peer_id, is_listed, notify, is_counted_remotely,
  unread_count, read_up_to_id, read_up_to_key, active_at_ms, last_message_id, last_sort_key,
  push_tag IS NOT NULL AS is_pushed, unpushed_count`;

const toState = (row: Row): ConversationState => ({
  id: row.id as ConversationId,
  accountId: row.account_id as AccountId,
  remoteId: row.remote_id as RemoteConversationId,
  scope: `c${row.id}`,
  kind: row.kind,
  membership: row.membership,
  peerId: row.peer_id as AddressId | null,
  isListed: row.is_listed === 1,
  notify: row.notify,
  isCountedRemotely: row.is_counted_remotely === 1,
  unreadCount: row.unread_count,
  readUpToId: row.read_up_to_id as MessageId | null,
  readUpToKey: row.read_up_to_key,
  activeAtMs: row.active_at_ms,
  lastMessageId: row.last_message_id as MessageId | null,
  lastSortKey: row.last_sort_key,
  isPushedEver: row.is_pushed === 1,
  unpushedCount: row.unpushed_count,
  newLast: null,
  isLastStale: false,
  isTitleStale: false,
  isDirty: false,
});

const byRemoteId = `SELECT ${columns} FROM conversations WHERE account_id = ? AND remote_id = ?`;
const byId = `SELECT ${columns} FROM conversations WHERE id = ?`;

export const findConversationState = (
  db: ReadableDb,
  accountId: AccountId,
  remoteId: RemoteConversationId,
): ConversationState | null => {
  const row = statement<Row>(db, byRemoteId).get(accountId, remoteId);
  return row ? toState(row) : null;
};

export const getConversationState = (db: ReadableDb, id: ConversationId): ConversationState | null => {
  const row = statement<Row>(db, byId).get(id);
  return row ? toState(row) : null;
};

/** A conversation heard of for the first time; what is not known yet gets a harmless default. */
export function insertConversation(
  db: WritableDb,
  accountId: AccountId,
  remoteId: RemoteConversationId,
  network: NetworkId,
  kind: ConversationKind,
): ConversationState {
  const { lastInsertRowid } = statement(
    db,
    'INSERT INTO conversations (account_id, remote_id, network, kind, title) VALUES (?, ?, ?, ?, ?)',
  ).run(accountId, remoteId, network, kind, remoteId);
  const state = getConversationState(db, Number(lastInsertRowid) as ConversationId) as ConversationState;
  state.isTitleStale = true;
  state.isDirty = true;
  return state;
}

/** Writes a changed conversation back, with its last line when a newer message came. */
export function saveConversationState(db: WritableDb, state: ConversationState): void {
  state.isDirty = false;
  if (state.newLast) {
    saveWithLast(db, state, state.newLast);
    state.newLast = null;
    return;
  }
  statement(db, `UPDATE conversations SET ${counters} WHERE id = ?`).run(
    state.unreadCount,
    state.activeAtMs,
    state.readUpToId,
    state.readUpToKey,
    state.isListed ? 1 : 0,
    state.unpushedCount,
    state.id,
  );
}

const counters = `unread_count = ?, active_at_ms = ?, read_up_to_id = ?, read_up_to_key = ?, is_listed = ?,
  unpushed_count = ?`;
const lastLine = `last_message_id = ?, last_sort_key = ?, last_text = ?, last_sender_id = ?, last_sender_name = ?,
  last_is_own = ?, last_kind = ?, last_delivery = ?`;

function saveWithLast(db: WritableDb, state: ConversationState, last: LastMessage): void {
  const { kind, text } = lineOf(db, last);
  statement(db, `UPDATE conversations SET ${counters}, ${lastLine} WHERE id = ?`).run(
    state.unreadCount,
    state.activeAtMs,
    state.readUpToId,
    state.readUpToKey,
    state.isListed ? 1 : 0,
    state.unpushedCount,
    last.id,
    last.sortKey,
    text,
    last.senderId,
    last.senderName === null ? null : plainLine(last.senderName, maxNameLength),
    last.isOwn ? 1 : 0,
    kind,
    last.delivery,
    state.id,
  );
}

export const lastTextLength = 200;

const maxNameLength = 100;

/** Writes the last line of the list from a message. */
function saveLastMessage(db: WritableDb, conversationId: ConversationId, last: LastMessage): void {
  const { kind, text } = lineOf(db, last);
  statement(db, `UPDATE conversations SET ${lastLine} WHERE id = ?`).run(
    last.id,
    last.sortKey,
    text,
    last.senderId,
    last.senderName === null ? null : plainLine(last.senderName, maxNameLength),
    last.isOwn ? 1 : 0,
    kind,
    last.delivery,
    conversationId,
  );
}

function lineOf(db: ReadableDb, last: LastMessage): { kind: ConversationRow['lastKind']; text: string } {
  const line = plainLine(last.text, lastTextLength);
  return line === '' ? fileLine(db, last) : { kind: last.kind, text: line };
}

/** A message without words: its first file speaks for it, or the fact that it was deleted. */
function fileLine(db: ReadableDb, last: LastMessage): { kind: ConversationRow['lastKind']; text: string } {
  const file = statement<{ name: string }>(
    db,
    'SELECT name FROM attachments WHERE message_id = ? ORDER BY position LIMIT 1',
  ).get(last.id);
  if (file) return { kind: 'file', text: plainLine(file.name, lastTextLength) };
  const isDeleted = statement(db, 'SELECT 1 FROM messages WHERE id = ? AND deleted_at_ms IS NOT NULL').get(last.id);
  return { kind: isDeleted ? 'deleted' : last.kind, text: '' };
}

/** Makes the last line anew from the newest message that is left; says which that is. */
export function refreshLastMessage(
  db: WritableDb,
  conversationId: ConversationId,
): { readonly id: MessageId; readonly sortKey: number } | null {
  const row = statement<Omit<LastMessage, 'isOwn'> & { isOwn: number; spoiler: string | null }>(
    db,
    `SELECT id, sort_key AS sortKey, sent_at_ms AS sentAtMs, text, sender_id AS senderId, sender_name AS senderName,
       is_own AS isOwn, kind, delivery, (SELECT spoiler FROM message_hints WHERE message_id = messages.id) AS spoiler
     FROM messages INDEXED BY messages_by_conversation
     WHERE conversation_id = ? AND kind NOT IN ('system', 'push') ORDER BY sort_key DESC, id DESC LIMIT 1`,
  ).get(conversationId);
  if (row) {
    const text = outsideText(row.kind, row.text, row.spoiler);
    saveLastMessage(db, conversationId, { ...row, text, isOwn: row.isOwn === 1 });
    return row;
  }
  statement(
    db,
    `UPDATE conversations SET last_message_id = NULL, last_sort_key = 0, last_text = '', last_sender_id = NULL,
       last_sender_name = NULL, last_is_own = 0, last_kind = 'none', last_delivery = NULL WHERE id = ?`,
  ).run(conversationId);
  return null;
}
