import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bridgeId, networkId } from '#model';
import { openStore } from '../../../electron/engine/store/open-store.ts';
import { accounts } from '../../../electron/engine/store/repositories/accounts.ts';
import { attachments } from '../../../electron/engine/store/repositories/attachments.ts';
import { secrets } from '../../../electron/engine/store/repositories/secrets.ts';
import { searchMessages } from '../../../electron/engine/store/search/search-messages.ts';
import { Pipeline } from '../../../electron/engine/sync/pipeline.ts';
import { chat, live, marta, name, noonMs, own, TestStore } from './kit/test-store.ts';

test('a deleted text is nowhere in the files any more, the index included', () => {
  const folder = mkdtempSync(join(tmpdir(), 'palomar-removal-'));
  const store = openStore(folder);
  const account = accounts.insert(store.db, {
    bridgeId: bridgeId('demo'), network: networkId('demo'), address: 'a', displayName: null, settings: {}, createdAtMs: 0,
  });
  const pipeline = new Pipeline(store.db, { nowMs: () => noonMs });
  const filler = Array.from({ length: 300 }, (_, index) => live(`f${index}`, `filler text ${index}`));
  pipeline.ingest(account.id, [...filler, live('1', 'canaryword supersecret')]);
  store.db.pragma('wal_checkpoint(TRUNCATE)');
  expect(readFileSync(store.path).includes('canaryword')).toBe(true);
  pipeline.ingest(account.id, [
    { type: 'message.deleted', conversationId: chat, target: name('1'), by: marta, deletedAtMs: noonMs },
    live('later', 'something newer', { sentAtMs: noonMs }),
  ]);
  store.db.pragma('wal_checkpoint(TRUNCATE)');
  const bytes = readFileSync(store.path);
  expect([bytes.includes('canaryword'), bytes.includes('supersecret')]).toEqual([false, false]);
  store.close();
  rmSync(folder, { recursive: true });
});

test('an account goes with all that is its own, and with nothing of others', () => {
  const store = new TestStore();
  const other = store.addAccount('other@shop.example');
  const events = [
    live('1', 'needle one', { attachments: [{ remoteId: 'f', name: 'a', mime: 'b', source: 'c' }] }),
    own('2', 'two', { replyTo: { remoteId: name('1') } }),
    { type: 'reaction.upserted', conversationId: chat, target: name('1'), personId: marta, emoji: '👍' } as const,
    { type: 'receipt.upserted', conversationId: chat, personId: marta, kind: 'read', scope: 'upTo', target: name('2'), atMs: 1 } as const,
    { type: 'participant.upserted', conversationId: chat, personId: marta } as const,
  ];
  store.take(...events);
  store.pipeline.ingest(other, events);
  secrets.set(store.db, `account:${store.accountId}`, 'password', new Uint8Array([1]));
  const file = attachments.ofMessage(store.db, store.messages()[0]!.id)[0]!;
  attachments.setReady(store.db, file.id, { fileName: 'ab/cd', sizeBytes: 1, sha256: 'x' });

  expect(accounts.remove(store.db, store.accountId)).toEqual({ fileNames: ['ab/cd'] });
  store.pipeline.forget(store.accountId);

  expect(store.count('accounts')).toBe(1);
  expect(store.count('messages')).toBe(2);
  expect(store.count('conversations')).toBe(1);
  expect(store.count('secrets')).toBe(0);
  expect(store.count('addresses')).toBe(2);
  expect(store.count('people')).toBe(2);
  store.checkIndex();
  expect(searchMessages(store.db, { query: 'needle', conversationId: null, before: null, limit: 9 }).hits).toHaveLength(1);
  expect(store.db.pragma('foreign_key_check')).toEqual([]);
  expect(() => store.take(live('3', 'late'))).toThrow(/no account/);
});
