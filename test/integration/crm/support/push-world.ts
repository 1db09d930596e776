import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PersonIdentifier } from '#model';
import type { AttachmentId, ConnectionId, ConversationId, MessageId, PushId, PushRow } from '#rpc';
import { ConnectorError, createCrmService } from '../../../../electron/engine/crm/index.ts';
import type { CrmService } from '../../../../electron/engine/crm/index.ts';
import type { Connector } from '../../../../electron/engine/crm/connector.ts';
import { openStore } from '../../../../electron/engine/store/open-store.ts';
import type { WritableDb } from '../../../../electron/engine/store/database.ts';
import { change, readAll, readOne } from '../../../../electron/engine/store/statements.ts';
import { openVault } from '../../../../electron/engine/vault/vault.ts';
import { until } from '../../../kit/until.ts';

export interface PushWorldOptions {
  readonly profileDir: string;
  readonly connectors?: readonly Connector[] | undefined;
  readonly undoMs?: number | undefined;
  readonly locale?: (() => 'system' | 'en' | 'es' | 'et') | undefined;
  /** Devices of one team share it; made by the first one unless given. */
  readonly workspaceKey?: Uint8Array | undefined;
  readonly nowMs?: (() => number) | undefined;
}

export interface NewConversation {
  readonly name: string;
  readonly handle?: string | undefined;
  readonly network?: string | undefined;
  readonly kind?: 'direct' | 'group' | undefined;
  readonly identifiers?: readonly PersonIdentifier[] | undefined;
}

export interface NewMessage {
  readonly text: string;
  readonly isOwn?: boolean | undefined;
  readonly atMs?: number | undefined;
  readonly kind?: string | undefined;
  readonly delivery?: string | null | undefined;
  readonly senderName?: string | undefined;
  readonly file?: { readonly name: string; readonly bytes: Uint8Array; readonly mime?: string | undefined } | undefined;
}

/** An engine's store with the CRM service on it, and short ways to fill it. */
export interface PushWorld {
  readonly db: WritableDb;
  readonly crm: CrmService;
  readonly pushes: PushRow[];
  /** Messages whose rows were told to have changed. */
  readonly changedIds: MessageId[];
  addConversation(conversation: NewConversation): ConversationId;
  addMessage(conversationId: ConversationId, message: NewMessage): MessageId;
  edit(id: MessageId, text: string): void;
  remove(id: MessageId): void;
  /** @param agree signs in on the page of a link and names where it leads back to; absent: what is in the fields is all it needs */
  connect(connectorId: string, values: Readonly<Record<string, string>>, agree?: (link: string) => string): Promise<ConnectionId>;
  /** Plans, takes the suggestion (or `targetKey`) and waits until it is written. */
  pushAll(conversationId: ConversationId, connectionId: ConnectionId, targetKey?: string): Promise<PushRow>;
  settled(id: PushId, timeoutMs?: number): Promise<PushRow>;
  /** Files whose bytes the network no longer has. */
  readonly lostFiles: Set<AttachmentId>;
  stop(): Promise<void>;
}

const hostKey = Buffer.alloc(32, 7);
const epochMs = Date.UTC(2026, 10, 20, 9, 0, 0);

export function openPushWorld(options: PushWorldOptions): PushWorld {
  const nowMs = options.nowMs ?? Date.now;
  const store = openStore(options.profileDir);
  const { db } = store;
  const vault = openVault({ profileDir: options.profileDir, hostKey, now: nowMs, onChange: () => {} });
  const isNew = readOne(db, `SELECT 1 FROM secrets WHERE name = 'crm-workspace-key'`) === undefined;
  if (options.workspaceKey !== undefined && isNew) {
    const sealed = vault.seal('crm-workspace-key', Buffer.from(options.workspaceKey).toString('base64'));
    change(db, `INSERT INTO secrets (scope, name, sealed) VALUES ('vault', 'crm-workspace-key', ?)`, sealed);
  }
  const filesDir = join(options.profileDir, 'files');
  mkdirSync(filesDir, { recursive: true });
  const pushes: PushRow[] = [];
  const changedIds: MessageId[] = [];
  const lostFiles = new Set<AttachmentId>();
  const crm = createCrmService({
    db,
    vault,
    nowMs,
    timeZone: 'Europe/Tallinn',
    undoMs: () => options.undoMs ?? 0,
    // Tests run side by side.
    signInPort: 0,
    locale: options.locale ?? (() => 'en'),
    ...(options.connectors === undefined ? {} : { connectors: options.connectors }),
    resolveFolder: (token) => token,
    files: {
      ensure: async (id) => {
        if (lostFiles.has(id)) throw new ConnectorError('file-unavailable');
        const path = join(filesDir, String(id));
        return { path, sizeBytes: statSync(path).size };
      },
    },
    notify: { pushChanged: (push) => pushes.push(push), lineAdded: () => {}, messagesChanged: (_, ids) => changedIds.push(...ids), connectionsChanged: () => {} },
  });
  crm.start();
  let tick = Number(readOne<{ ms: number | null }>(db, 'SELECT max(sent_at_ms) AS ms FROM messages')?.ms ?? epochMs);

  const accountId = (network: string): number => {
    change(
      db,
      `INSERT OR IGNORE INTO accounts (bridge_id, network, address, display_name, color, created_at_ms)
       VALUES (?, ?, 'jordi@palomar.example', 'Jordi Llach', 0, 0)`,
      network,
      network,
    );
    return readOne<{ id: number }>(db, 'SELECT id FROM accounts WHERE bridge_id = ?', network)?.id ?? 0;
  };

  const world: PushWorld = {
    db,
    crm,
    pushes,
    changedIds,
    lostFiles,
    addConversation: ({ name, handle = `${name.toLowerCase().replaceAll(' ', '.')}@levante.example`, network = 'xmpp', kind = 'direct', identifiers = [] }) => {
      const account = accountId(network);
      const person = change(db, 'INSERT INTO people (name) VALUES (?)', name).insertedId;
      const peer = change(
        db,
        'INSERT INTO addresses (account_id, remote_id, person_id, network, handle, display_name) VALUES (?, ?, ?, ?, ?, ?)',
        ...[account, handle, person, network, handle, name],
      ).insertedId;
      for (const identifier of identifiers) {
        change(db, 'INSERT INTO address_identifiers (address_id, kind, value) VALUES (?, ?, ?)', peer, identifier.kind, identifier.value);
      }
      return change(
        db,
        'INSERT INTO conversations (account_id, remote_id, network, kind, title, peer_id) VALUES (?, ?, ?, ?, ?, ?)',
        ...[account, handle, network, kind, name, kind === 'direct' ? peer : null],
      ).insertedId as ConversationId;
    },
    addMessage: (conversationId, { text, isOwn = false, atMs, kind = 'message', delivery = isOwn ? 'sent' : null, senderName, file }) => {
      tick = atMs ?? tick + 60_000;
      const conversation = readOne<{ peer_id: number | null; remote_id: string }>(db, 'SELECT peer_id, remote_id FROM conversations WHERE id = ?', conversationId);
      const id = (readOne<{ id: number | null }>(db, 'SELECT max(id) AS id FROM messages')?.id ?? 0) + 1;
      const name = senderName ?? (isOwn ? 'Jordi Llach' : null);
      change(
        db,
        `INSERT INTO messages (id, conversation_id, sort_key, sent_at_ms, sender_id, sender_name, is_own, kind, text, remote_id, delivery)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[id, conversationId, tick, tick, isOwn ? null : (conversation?.peer_id ?? null), name, Number(isOwn), kind, text],
        ...[`${conversation?.remote_id} ${tick} ${createHash('sha256').update(text).digest('hex').slice(0, 12)}`, delivery],
      );
      if (file !== undefined) {
        const attachment = change(
          db,
          `INSERT INTO attachments (message_id, conversation_id, position, remote_id, name, mime, size_bytes, source, state)
           VALUES (?, ?, 0, 'a', ?, ?, ?, 'test', 'ready')`,
          ...[id, conversationId, file.name, file.mime ?? 'application/pdf', file.bytes.byteLength],
        ).insertedId;
        writeFileSync(join(filesDir, String(attachment)), file.bytes);
      }
      return id as MessageId;
    },
    edit: (id, text) => {
      tick += 60_000;
      change(db, 'UPDATE messages SET text = ?, version = version + 1, edited_at_ms = ? WHERE id = ?', text, tick, id);
    },
    remove: (id) => {
      tick += 60_000;
      change(db, `UPDATE messages SET text = '', version = version + 1, deleted_at_ms = ? WHERE id = ?`, tick, id);
    },
    connect: async (connectorId, values, agree) => {
      const known = crm.connections().find((connection) => connection.connectorId === connectorId);
      if (known) return known.id;
      if (agree !== undefined) {
        const { id, link } = await crm.beginSignIn({ connectionId: null, connectorId, name: connectorId, values });
        const [{ connection }] = await Promise.all([crm.finishSignIn({ id }), fetch(agree(link))]);
        return connection.id;
      }
      return (await crm.connect({ connectorId, name: connectorId, values })).connection.id;
    },
    pushAll: async (conversationId, connectionId, targetKey) => {
      const preview = await crm.plan({ conversationId, connectionId });
      const key = targetKey ?? preview.suggestedKey;
      if (key === null) throw new Error(`nothing is suggested: ${JSON.stringify(preview.fault ?? preview.options)}`);
      return world.settled(crm.push({ planId: preview.planId, targetKey: key, rememberOneClick: true }).id);
    },
    settled: (id, timeoutMs = 60_000) =>
      until(
        () => crm.queue({ limit: 500 }).find((push) => push.id === id && ['done', 'needs-you', 'cancelled'].includes(push.state)),
        { timeoutMs, label: `push ${id} to be settled` },
      ),
    stop: async () => {
      await crm.stop();
      store.close();
    },
  };
  return world;
}

/** Reads the ids of what is tagged as pushed. */
export const pushedIds = (world: PushWorld, conversationId: ConversationId): readonly MessageId[] =>
  readAll<{ id: MessageId }>(
    world.db,
    'SELECT message_id AS id FROM pushed_messages WHERE conversation_id = ? ORDER BY message_id',
    conversationId,
  ).map((row) => row.id);

/** A file that is no text and hard to compress, the same for the same seed. */
export function pdfBytes(sizeBytes: number, seed = 'palomar'): Uint8Array {
  const bytes = Buffer.alloc(sizeBytes);
  let block = createHash('sha256').update(seed).digest();
  for (let offset = 0; offset < sizeBytes; offset += block.length) {
    block.copy(bytes, offset);
    block = createHash('sha256').update(block).digest();
  }
  bytes.write('%PDF-1.7\n');
  return bytes;
}

export const newWorkspaceKey = (): Uint8Array => randomBytes(32);
