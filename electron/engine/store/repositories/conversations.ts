import type {
  AccountId,
  ConversationKind,
  ConversationSecurity,
  DeliveryState,
  Membership,
  NetworkId,
  NotifyLevel,
  RemoteConversationId,
  RemoteMessageId,
} from '#model';
import type {
  AddressId,
  ConversationCursor,
  ConversationFilter,
  ConversationId,
  ConversationRow,
  MessageId,
} from '#rpc';
import { foldText } from '../../text/fold-text.ts';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll, readOne } from '../statements.ts';
import { inNoThread } from './threads.ts';
import { shownAvatar } from './avatars.ts';
import { blockedClause } from './contacts.ts';
import { isDoneClause } from './done.ts';
import { inFolder } from './folders.ts';
import type { SqlValue } from '../statements.ts';
import { runDurably } from '../transaction.ts';

/** A conversation with what only the engine may know. */
export interface ConversationRecord {
  readonly id: ConversationId;
  readonly accountId: AccountId;
  readonly remoteId: RemoteConversationId;
  readonly network: NetworkId;
  readonly kind: ConversationKind;
  readonly title: string;
  readonly topic: string | null;
  readonly security: ConversationSecurity;
  readonly membership: Membership;
  readonly peerId: AddressId | null;
  readonly isPinned: boolean;
  readonly notify: NotifyLevel;
  readonly unreadCount: number;
  readonly readUpToId: MessageId | null;
  /** The other person, or their whole server, is kept away. */
  readonly isBlocked: boolean;
}

/** The message up to which the network may be told that we read. */
export interface ReadTarget {
  readonly accountId: AccountId;
  readonly conversationId: RemoteConversationId;
  readonly remoteId: RemoteMessageId;
  readonly alternateId: RemoteMessageId | undefined;
}

interface ListRow {
  id: number;
  account_id: number;
  network: string;
  kind: ConversationKind;
  title: string;
  security: ConversationSecurity;
  membership: Membership;
  unread_count: number;
  active_at_ms: number;
  last_text: string;
  last_is_own: number;
  last_kind: ConversationRow['lastKind'];
  last_delivery: DeliveryState | null;
  sender_name: string | null;
  push_tag: string | null;
  unpushed_count: number;
  has_draft: number;
  avatar_id: number | null;
  is_pinned: number;
  notify: NotifyLevel;
  is_done: number;
}

const toRow = (row: ListRow): ConversationRow => ({
  id: row.id as ConversationId,
  accountId: row.account_id as AccountId,
  network: row.network as NetworkId,
  kind: row.kind,
  title: row.title,
  security: row.security,
  membership: row.membership,
  unreadCount: row.unread_count,
  activeAtMs: row.active_at_ms,
  lastText: row.last_text,
  lastSenderName: row.last_is_own === 1 ? null : row.sender_name,
  lastIsOwn: row.last_is_own === 1,
  lastKind: row.last_kind,
  lastDelivery: row.last_delivery,
  pushTag: row.push_tag,
  unpushedCount: row.unpushed_count,
  hasDraft: row.has_draft === 1,
  isMuted: row.notify === 'none',
  avatarId: row.avatar_id,
  isPinned: row.is_pinned === 1,
  notify: row.notify,
  isDone: row.is_done === 1,
});

const listColumns = `
  conversations.id, conversations.account_id, conversations.network, kind, title, security, membership, unread_count,
  active_at_ms, last_text, last_is_own, last_kind, last_delivery, push_tag, unpushed_count, is_pinned, notify,
  ${shownAvatar} AS avatar_id,
  coalesce(last_sender_name, addresses.display_name, addresses.handle) AS sender_name,
  EXISTS (SELECT 1 FROM drafts WHERE drafts.conversation_id = conversations.id) AS has_draft,
  ${isDoneClause} AS is_done`;
const withSender = 'LEFT JOIN addresses ON addresses.id = conversations.last_sender_id';

/** Conversations and the columns of the list, kept ready on the row. */
export const conversations = {
  /** One page of the list: pinned ones, then the most recently active first. Conversations we left and that hold nothing are hidden. */
  list: (
    db: ReadableDb,
    filter: ConversationFilter,
    after: ConversationCursor | null,
    limit: number,
  ): { readonly rows: ConversationRow[]; readonly next: ConversationCursor | null } => {
    const { sql, values } = listQuery(filter, after, limit + 1);
    const rows = readAll<ListRow>(db, sql, ...values).map(toRow);
    if (rows.length <= limit) return { rows, next: null };
    rows.pop();
    const last = rows.at(-1) as ConversationRow;
    return { rows, next: { isPinned: last.isPinned, activeAtMs: last.activeAtMs, id: last.id } };
  },

  /** Rows by id, in the order of the ids; unknown ones are left out. */
  byIds: (db: ReadableDb, ids: readonly ConversationId[]): ConversationRow[] =>
    readAll<ListRow>(
      db,
      `SELECT ${listColumns} FROM json_each(?) AS wanted
       JOIN conversations ON conversations.id = wanted.value ${withSender} ORDER BY wanted.key`,
      JSON.stringify(ids),
    ).map(toRow),

  get: (db: ReadableDb, id: ConversationId): ConversationRecord | null => {
    const row = readOne<Omit<ConversationRecord, 'isPinned' | 'isBlocked'> & { isPinned: number; isBlocked: number }>(
      db,
      `SELECT id, account_id AS accountId, remote_id AS remoteId, network, kind, title, topic, security, membership,
         peer_id AS peerId, is_pinned AS isPinned, notify, unread_count AS unreadCount, read_up_to_id AS readUpToId,
         EXISTS (SELECT 1 FROM addresses AS peer WHERE peer.id = conversations.peer_id AND ${blockedClause('conversations.account_id', 'peer.handle')}) AS isBlocked
       FROM conversations WHERE id = ?`,
      id,
    );
    return row ? { ...row, isPinned: row.isPinned === 1, isBlocked: row.isBlocked === 1 } : null;
  },

  findId: (db: ReadableDb, accountId: AccountId, remoteId: RemoteConversationId): ConversationId | null =>
    readOne<{ id: ConversationId }>(
      db,
      'SELECT id FROM conversations WHERE account_id = ? AND remote_id = ?',
      accountId,
      remoteId,
    )?.id ?? null,

  /** People who wait for a decision do not count. Two index walks, for this is asked with every change. */
  totalUnread: (db: ReadableDb): number =>
    readOne<{ total: number }>(
      db,
      `SELECT coalesce(sum(unread_count), 0) - (SELECT coalesce(sum(unread_count), 0) FROM conversations
         WHERE is_listed = 1 AND membership = 'requested') AS total
       FROM conversations WHERE is_listed = 1 AND unread_count > 0`,
    )?.total ?? 0,

  /** How many people wait for a decision. */
  requestCount: (db: ReadableDb): number =>
    readOne<{ total: number }>(db, "SELECT count(*) AS total FROM conversations WHERE is_listed = 1 AND membership = 'requested'")
      ?.total ?? 0,

  /** Takes a conversation out of the list until something new comes. */
  hide: (db: WritableDb, id: ConversationId): void => {
    runDurably(db, () => change(db, 'UPDATE conversations SET is_listed = 0, unread_count = 0 WHERE id = ?', id));
  },

  setNotify: (db: WritableDb, id: ConversationId, level: NotifyLevel): void => {
    runDurably(db, () => change(db, 'UPDATE conversations SET notify = ? WHERE id = ?', level, id));
  },

  setPinned: (db: WritableDb, id: ConversationId, isPinned: boolean): void => {
    runDurably(db, () => change(db, 'UPDATE conversations SET is_pinned = ? WHERE id = ?', isPinned ? 1 : 0, id));
  },

  /** Who asks or invites, and their words; null when nobody does. */
  invitation: (db: ReadableDb, id: ConversationId): { readonly by: string | null; readonly text: string | null } | null =>
    readOne<{ by: string | null; text: string | null }>(
      db,
      `SELECT coalesce(display_name, handle) AS "by", invitation_text AS text
       FROM conversations LEFT JOIN addresses ON addresses.id = invited_by_id
       WHERE conversations.id = ? AND membership IN ('invited', 'requested')
         AND (invited_by_id IS NOT NULL OR invitation_text IS NOT NULL)`,
      id,
    ) ?? null,

  setMembership: (db: WritableDb, id: ConversationId, membership: Membership): void => {
    runDurably(db, () => change(db, 'UPDATE conversations SET membership = ? WHERE id = ?', membership, id));
  },

  /**
   * Moves the read mark forward to a message (never back) and counts what is left unread. `target` is the newest
   * message of somebody else that is now read, for the receipt to the network; null when nothing new was read.
   */
  markRead: (
    db: WritableDb,
    id: ConversationId,
    upTo: MessageId,
  ): { readonly unreadCount: number; readonly target: ReadTarget | null } =>
    runDurably(db, () => {
      const before = readOne<{ key: number; unread: number }>(
        db,
        'SELECT read_up_to_key AS key, unread_count AS unread FROM conversations WHERE id = ?',
        id,
      );
      const mark = readOne<{ key: number }>(
        db,
        'SELECT sort_key AS key FROM messages WHERE id = ? AND conversation_id = ?',
        upTo,
        id,
      );
      if (!before || !mark) return { unreadCount: before?.unread ?? 0, target: null };
      if (mark.key <= before.key && before.unread === 0) return { unreadCount: 0, target: null };
      const target = newestOfOthers(db, id, mark.key);
      const unreadCount = moveReadMark(db, id, upTo, mark.key);
      return { unreadCount, target };
    }),
};

/** Sets the read mark, forward only, and recounts. Says how many are left unread. */
export function moveReadMark(db: WritableDb, id: ConversationId, upTo: MessageId, sortKey: number): number {
  change(
    db,
    `UPDATE conversations SET
       read_up_to_id = CASE WHEN ?2 >= read_up_to_key THEN ?1 ELSE read_up_to_id END,
       read_up_to_key = max(read_up_to_key, ?2)
     WHERE id = ?3`,
    upTo,
    sortKey,
    id,
  );
  change(
    db,
    `UPDATE conversations SET unread_count = min(unread_count,
       (SELECT count(*) FROM messages INDEXED BY messages_by_conversation
        WHERE messages.conversation_id = conversations.id AND sort_key > read_up_to_key
          AND is_own = 0 AND kind NOT IN ('system', 'push') AND ${inNoThread})
       + (SELECT coalesce(sum(threads.unread_count), 0) FROM threads WHERE threads.conversation_id = conversations.id))
     WHERE id = ?`,
    id,
  );
  return readOne<{ unread: number }>(db, 'SELECT unread_count AS unread FROM conversations WHERE id = ?', id)?.unread ?? 0;
}

function newestOfOthers(db: ReadableDb, id: ConversationId, sortKey: number): ReadTarget | null {
  const row = readOne<{ accountId: AccountId; conversationId: RemoteConversationId; remoteId: RemoteMessageId; alternateId: RemoteMessageId | null }>(
    db,
    `SELECT account_id AS accountId, conversations.remote_id AS conversationId,
       messages.remote_id AS remoteId, alternate_id AS alternateId
     FROM messages INDEXED BY messages_by_conversation JOIN conversations ON conversations.id = conversation_id
     WHERE conversation_id = ? AND sort_key <= ? AND is_own = 0 AND messages.remote_id IS NOT NULL AND ${inNoThread}
     ORDER BY sort_key DESC, messages.id DESC LIMIT 1`,
    id,
    sortKey,
  );
  return row ? { ...row, alternateId: row.alternateId ?? undefined } : null;
}

function listQuery(
  filter: ConversationFilter,
  after: ConversationCursor | null,
  limit: number,
): { readonly sql: string; readonly values: SqlValue[] } {
  const where = ['is_listed = 1'];
  const values: SqlValue[] = [];
  const need = (clause: string, ...more: SqlValue[]): void => {
    where.push(clause);
    values.push(...more);
  };
  if (filter.isUnread) need('unread_count > 0');
  need(filter.isRequest ? "membership = 'requested'" : "membership <> 'requested'");
  if (filter.hasUnpushed) need('unpushed_count > 0');
  if (filter.isPushed !== undefined) need(`push_tag IS ${filter.isPushed ? 'NOT ' : ''}NULL`);
  if (filter.isDone !== undefined) need(`${filter.isDone ? '' : 'NOT '}${isDoneClause}`);
  if (filter.folderId !== undefined) need(inFolder, filter.folderId);
  // The plus keeps SQLite on the index that has the order of the list.
  if (filter.accountId !== undefined) need('+conversations.account_id = ?', filter.accountId);
  const wanted = foldText(filter.text?.trim() ?? '');
  if (wanted !== '') need('instr(search_text, ?) > 0', wanted);
  if (after) need('(is_pinned, active_at_ms, conversations.id) < (?, ?, ?)', after.isPinned ? 1 : 0, after.activeAtMs, after.id);
  return {
    sql: `SELECT ${listColumns} FROM conversations ${withSender} WHERE ${where.join(' AND ')}
          ORDER BY is_pinned DESC, active_at_ms DESC, conversations.id DESC LIMIT ?`,
    values: [...values, limit],
  };
}
