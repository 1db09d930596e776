import { bridgeId, networkId, remoteConversationId, remoteMessageId, remotePersonId } from '#model';
import type { AccountId, RemoteConversation, RemoteMessage } from '#model';
import type { BridgeEvent, MessageOrigin } from '#bridge';
import type { ConversationId, MessageRow } from '#rpc';
import { openDatabase } from '../../../../electron/engine/store/database.ts';
import type { WritableDb } from '../../../../electron/engine/store/database.ts';
import { migrate } from '../../../../electron/engine/store/migrate.ts';
import { readMessagePage } from '../../../../electron/engine/store/read-message-page.ts';
import { accounts } from '../../../../electron/engine/store/repositories/accounts.ts';
import { conversations } from '../../../../electron/engine/store/repositories/conversations.ts';
import { Pipeline } from '../../../../electron/engine/sync/pipeline.ts';

/** 2026-03-01 12:00 UTC: "now" in these tests, unless they turn the clock. */
export const noonMs = Date.UTC(2026, 2, 1, 12);

/** A store in memory with one account, and short words for what the tests say again and again. */
export class TestStore {
  readonly db: WritableDb;
  readonly pipeline: Pipeline;
  readonly accountId: AccountId;
  nowMs = noonMs;

  constructor() {
    this.db = openDatabase({ path: ':memory:' });
    migrate(this.db, ':memory:');
    this.pipeline = new Pipeline(this.db, { nowMs: () => this.nowMs });
    this.accountId = this.addAccount('desk@shop.example');
    this.take(
      { type: 'person.upserted', person: { remoteId: me, displayName: 'Desk', handle: 'desk@shop.example', isSelf: true } },
      { type: 'person.upserted', person: { remoteId: marta, displayName: 'Marta Pérez', handle: 'marta@levante.example' } },
      { type: 'person.upserted', person: { remoteId: juri, displayName: 'Jüri Kask', handle: 'juri@tartu.example' } },
      { type: 'conversation.upserted', conversation: direct },
    );
  }

  addAccount(address: string): AccountId {
    return accounts.insert(this.db, {
      bridgeId: bridgeId('demo'),
      network: networkId('demo'),
      address,
      displayName: null,
      settings: {},
      createdAtMs: noonMs - 3_600_000,
    }).id;
  }

  take(...events: BridgeEvent[]) {
    return this.pipeline.ingest(this.accountId, events);
  }

  /** The id of a conversation by its remote id. */
  conversationId(remoteId: string = chat): ConversationId {
    return conversations.findId(this.db, this.accountId, remoteConversationId(remoteId)) as ConversationId;
  }

  /** The row of the list. */
  row(remoteId: string = chat) {
    const row = conversations.byIds(this.db, [this.conversationId(remoteId)])[0];
    if (!row) throw new Error('the conversation is not there');
    return row;
  }

  /** All messages of a conversation as the interface sees them. */
  messages(remoteId: string = chat): MessageRow[] {
    return readMessagePage(this.db, this.conversationId(remoteId), { kind: 'newest' }, 500).rows;
  }

  texts(remoteId: string = chat): string[] {
    return this.messages(remoteId).map((message) => message.text);
  }

  count(table: string): number {
    return this.db.prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()?.n ?? 0;
  }

  /** Throws when index and texts do not agree. */
  checkIndex(): void {
    this.db.exec(`INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)`);
  }
}

export const me = remotePersonId('desk@shop.example');
export const marta = remotePersonId('marta@levante.example');
export const juri = remotePersonId('juri@tartu.example');
export const chat = remoteConversationId('marta@levante.example');
export const room = remoteConversationId('team@rooms.example');

export const direct: RemoteConversation = {
  remoteId: chat,
  kind: 'direct',
  title: null,
  security: 'plain',
  membership: 'joined',
  peerId: marta,
};

export const name = remoteMessageId;

/** A message of Marta's in the direct conversation, a minute before noon. */
export const message = (id: string, text: string, more: Partial<RemoteMessage> = {}): RemoteMessage => ({
  conversationId: chat,
  remoteId: remoteMessageId(id),
  senderId: marta,
  isOwn: false,
  kind: 'message',
  text,
  sentAtMs: noonMs - 60_000,
  ...more,
});

export const upserted = (remote: RemoteMessage, origin: MessageOrigin = 'live'): BridgeEvent => ({
  type: 'message.upserted',
  message: remote,
  origin,
});

export const live = (id: string, text: string, more: Partial<RemoteMessage> = {}): BridgeEvent =>
  upserted(message(id, text, more));

export const own = (id: string, text: string, more: Partial<RemoteMessage> = {}): BridgeEvent =>
  upserted(message(id, text, { senderId: me, isOwn: true, ...more }));
