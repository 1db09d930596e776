import { bridgeId, networkId } from '#model';
import type { AccountId, RemoteMessage } from '#model';
import type { BridgeEvent, MessageOrigin } from '#bridge';
import { openDatabase } from '../../../electron/engine/store/database.ts';
import type { WritableDb } from '../../../electron/engine/store/database.ts';
import { migrate } from '../../../electron/engine/store/migrate.ts';
import { accounts } from '../../../electron/engine/store/repositories/accounts.ts';
import { Pipeline } from '../../../electron/engine/sync/pipeline.ts';

export interface TestStore {
  readonly db: WritableDb;
  readonly pipeline: Pipeline;
  readonly accountId: AccountId;
}

/** Our store with one account, as the engine makes it; the account stays switched off when an engine opens it. */
export function openTestStore(path: string): TestStore {
  const db = openDatabase({ path });
  migrate(db, path);
  const accountId = accounts.insert(db, {
    bridgeId: bridgeId('xmpp'),
    network: networkId('xmpp'),
    address: 'desk@shop.example',
    displayName: 'Desk',
    settings: {},
    createdAtMs: Date.UTC(2022, 0, 1),
  }).id;
  db.prepare('UPDATE accounts SET is_enabled = 0').run();
  return { db, pipeline: new Pipeline(db, { nowMs: Date.now }), accountId };
}

export const toEvents = (messages: readonly RemoteMessage[], origin: MessageOrigin): BridgeEvent[] =>
  messages.map((message) => ({ type: 'message.upserted', message, origin }));

/** Everything through the pipeline, so many events in one batch. */
export function ingestAll({ pipeline, accountId }: TestStore, events: readonly BridgeEvent[], batchSize: number): void {
  for (let start = 0; start < events.length; start += batchSize) {
    pipeline.ingest(accountId, events.slice(start, start + batchSize));
  }
}
