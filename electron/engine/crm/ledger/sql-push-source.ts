import type { ConversationKind, MessageKind, NetworkId, PersonIdentifier } from '#model';
import type { AttachmentId, ConnectionId, ConversationId, Fault, MessageId } from '#rpc';
import type { PushSource, SourceAttachment, SourceConversation, SourceMessage, SourceStart } from '../core/push-source.ts';
import type { ReadableDb } from '../../store/database.ts';
import { readAll, readOne } from '../../store/statements.ts';

const pageSize = 500;

/** Reads what a push needs from the store, a page at a time. */
export function createSqlPushSource(db: ReadableDb): PushSource {
  return {
    conversation: (id) => readConversation(db, id),
    pending: (id, connectionId, start) => readPending(db, id, connectionId, start ?? {}),
    isFirst: (id, connectionId) => firstPushedAtMs(db, id, connectionId) === 0,
  };
}

interface ConversationSqlRow {
  readonly id: ConversationId;
  readonly bridge_id: string;
  readonly account_address: string;
  readonly account_name: string | null;
  readonly remote_id: string;
  readonly network: NetworkId;
  readonly kind: ConversationKind;
  readonly title: string;
  readonly peer_id: number | null;
  readonly peer_handle: string | null;
  readonly person_id: number | null;
}

function readConversation(db: ReadableDb, id: ConversationId): SourceConversation | null {
  const row = readOne<ConversationSqlRow>(
    db,
    `SELECT conversations.id, accounts.bridge_id, accounts.address AS account_address,
       accounts.display_name AS account_name, conversations.remote_id, conversations.network, conversations.kind,
       conversations.title, peer_id, addresses.handle AS peer_handle, addresses.person_id
     FROM conversations JOIN accounts ON accounts.id = conversations.account_id
       LEFT JOIN addresses ON addresses.id = conversations.peer_id
     WHERE conversations.id = ?`,
    id,
  );
  if (!row) return null;
  return {
    id,
    stableId: `${row.bridge_id}\n${row.account_address}\n${row.remote_id}`,
    network: row.network,
    kind: row.kind,
    title: row.title,
    ownName: row.account_name ?? row.account_address,
    handle: row.kind === 'direct' ? (row.peer_handle ?? row.remote_id) : row.remote_id,
    identifiers: row.kind === 'direct' && row.person_id !== null ? identifiersOf(db, row.person_id) : [],
  };
}

/** Of all addresses of the person: one human, however many networks. */
const identifiersOf = (db: ReadableDb, personId: number): readonly PersonIdentifier[] =>
  readAll<PersonIdentifier>(
    db,
    `SELECT DISTINCT address_identifiers.kind, address_identifiers.value
     FROM addresses JOIN address_identifiers ON address_identifiers.address_id = addresses.id
     WHERE addresses.person_id = ? ORDER BY address_identifiers.kind, address_identifiers.value`,
    personId,
  );

interface MessageSqlRow {
  readonly id: MessageId;
  readonly sort_key: number;
  readonly sent_at_ms: number;
  readonly sender_name: string;
  readonly is_own: number;
  readonly kind: MessageKind;
  readonly text: string;
  readonly remote_id: string | null;
  readonly alternate_id: string | null;
  readonly version: number;
  readonly edited_at_ms: number | null;
  readonly deleted_at_ms: number | null;
  readonly pushed_version: number | null;
  readonly reply_name: string | null;
  readonly reply_excerpt: string | null;
}

const pendingPage = `
  SELECT messages.id, messages.sort_key, messages.sent_at_ms, messages.is_own, messages.kind, messages.text,
    messages.remote_id, messages.alternate_id, messages.version, messages.edited_at_ms, messages.deleted_at_ms,
    COALESCE(messages.sender_name, addresses.display_name, addresses.handle, '') AS sender_name,
    pushed.version AS pushed_version,
    COALESCE(reply_sender.display_name, reply_sender.handle) AS reply_name,
    message_replies.excerpt AS reply_excerpt
  FROM messages
    LEFT JOIN pushed_messages AS pushed ON pushed.connection_id = ? AND pushed.conversation_id = messages.conversation_id
      AND pushed.message_id = messages.id
    LEFT JOIN addresses ON addresses.id = messages.sender_id
    LEFT JOIN message_replies ON message_replies.message_id = messages.id
    LEFT JOIN addresses AS reply_sender ON reply_sender.id = message_replies.sender_id
  WHERE messages.conversation_id = ? AND (messages.sort_key, messages.id) > (?, ?)
    AND messages.sent_at_ms >= ? AND messages.kind <> 'push'
    AND (messages.delivery IS NULL OR messages.delivery IN ('sent', 'delivered', 'read'))
    AND (pushed.version IS NULL OR messages.version > pushed.version)
    -- What its sender wants gone is not written down elsewhere.
    AND NOT EXISTS (SELECT 1 FROM message_hints WHERE message_hints.message_id = messages.id
      AND (lifetime_ms IS NOT NULL OR expires_at_ms IS NOT NULL))
  ORDER BY messages.sort_key, messages.id LIMIT ${pageSize}`;

function* readPending(db: ReadableDb, id: ConversationId, connectionId: ConnectionId, start: SourceStart): Iterable<SourceMessage> {
  const firstMs = firstPushedAtMs(db, id, connectionId);
  const fromMs = firstMs === 0 ? (start.atMs ?? 0) : firstMs;
  const from = firstMs === 0 && start.messageId !== undefined ? placeOf(db, id, start.messageId) : null;
  let sortKey = from?.sort_key ?? Number.MIN_SAFE_INTEGER;
  let messageId = from === null ? 0 : from.id - 1;
  for (;;) {
    const rows = readAll<MessageSqlRow>(db, pendingPage, connectionId, id, sortKey, messageId, fromMs);
    const attachments = readAttachments(db, rows.map((row) => row.id));
    for (const row of rows) yield toSourceMessage(row, attachments.get(row.id) ?? []);
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return;
    sortKey = last.sort_key;
    messageId = last.id;
  }
}

const placeOf = (db: ReadableDb, conversationId: ConversationId, id: MessageId) =>
  readOne<{ sort_key: number; id: number }>(db, 'SELECT sort_key, id FROM messages WHERE id = ? AND conversation_id = ?', id, conversationId) ?? null;

/** When the first message was written that this connection has; 0: it has none. */
export function firstPushedAtMs(db: ReadableDb, id: ConversationId, connectionId: ConnectionId): number {
  const row = readOne<{ at_ms: number | null }>(
    db,
    `SELECT min(messages.sent_at_ms) AS at_ms FROM pushed_messages JOIN messages ON messages.id = pushed_messages.message_id
     WHERE pushed_messages.connection_id = ? AND pushed_messages.conversation_id = ?`,
    connectionId,
    id,
  );
  return row?.at_ms ?? 0;
}

interface AttachmentSqlRow {
  readonly id: AttachmentId;
  readonly message_id: MessageId;
  readonly remote_id: string;
  readonly name: string;
  readonly mime: string;
  readonly size_bytes: number | null;
  readonly state: string;
  readonly fault: string | null;
}

function readAttachments(db: ReadableDb, ids: readonly MessageId[]): ReadonlyMap<MessageId, readonly SourceAttachment[]> {
  const rows = readAll<AttachmentSqlRow>(
    db,
    `SELECT attachments.id, message_id, remote_id, name, mime, size_bytes, state, fault
     FROM json_each(?) AS wanted JOIN attachments ON attachments.message_id = wanted.value
     ORDER BY message_id, position`,
    JSON.stringify(ids),
  );
  const grouped = Map.groupBy(rows, (row) => row.message_id);
  return new Map([...grouped].map(([messageId, group]) => [messageId, group.map(toSourceAttachment)]));
}

const toSourceAttachment = (row: AttachmentSqlRow): SourceAttachment => ({
  id: row.id,
  stableId: row.remote_id,
  name: row.name,
  mime: row.mime,
  sizeBytes: row.size_bytes,
  fault: lossOf(row),
});

/** A failed fetch may succeed next time; one that says the file is gone will not. */
function lossOf(row: AttachmentSqlRow): Fault | null {
  if (row.state !== 'failed' || row.fault === null) return null;
  const fault = JSON.parse(row.fault) as Fault;
  return fault.code === 'not-found' || fault.code === 'forbidden' ? fault : null;
}

const toSourceMessage = (row: MessageSqlRow, attachments: readonly SourceAttachment[]): SourceMessage => ({
  id: row.id,
  stableId: row.remote_id ?? row.alternate_id ?? `local ${row.id}`,
  sentAtMs: row.sent_at_ms,
  senderName: row.sender_name,
  isOwn: row.is_own === 1,
  kind: row.kind,
  text: row.text,
  version: row.version,
  editedAtMs: row.edited_at_ms,
  deletedAtMs: row.deleted_at_ms,
  replyTo: row.reply_excerpt === null ? null : { senderName: row.reply_name ?? '', excerpt: row.reply_excerpt },
  attachments,
  pushedVersion: row.pushed_version,
});
