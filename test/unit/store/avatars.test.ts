// needs: nothing
import { expect, test } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { remotePersonId } from '#model';
import { avatars } from '../../../electron/engine/store/repositories/avatars.ts';
import { readAll } from '../../../electron/engine/store/statements.ts';
import { TestStore } from './kit/test-store.ts';

const person = (id: string, avatar: string): BridgeEvent => ({
  type: 'person.upserted',
  person: { remoteId: remotePersonId(id), displayName: null, handle: id, avatar: { id: avatar, mime: 'image/png', source: id } },
});

test('pictures of people in rooms fill no disk; those of contacts are fetched all the same', () => {
  const store = new TestStore();
  const wanted = (): string[] => avatars.wanted(store.db, store.accountId, 10).map(({ key }) => key);
  store.take(person('somebody', 'a'), person('contact', 'b'));
  store.take({ type: 'contact.upserted', contact: { personId: remotePersonId('contact'), name: null, groups: [], bond: 'mutual' } });
  expect(wanted()).toEqual(['b', 'a']);
  for (let index = 0; index < 2_000; index += 1) avatars.add(store.db, { sha256: `${index}`.padStart(64, '0'), fileName: `${index}`.padStart(32, '0'), mime: 'image/png' });
  expect(wanted()).toEqual(['b']);
});

test('a source that has no picture ends no other source of the same one', () => {
  const store = new TestStore();
  const from = (id: string, source: string): BridgeEvent => ({
    type: 'person.upserted',
    person: { remoteId: remotePersonId(id), displayName: null, handle: id, avatar: { id: 'same', mime: 'image/png', source } },
  });
  const wanted = () => avatars.wanted(store.db, store.accountId, 10);
  const sources = () => wanted().map(({ avatar }) => avatar.source);
  store.take(from('marta', 'vcard'), from('kalev', 'pubsub'));
  expect(sources().toSorted()).toEqual(['pubsub', 'vcard']);
  avatars.giveUp(store.db, store.accountId, wanted().find(({ avatar }) => avatar.source === 'vcard')!);
  expect(sources()).toEqual(['pubsub']);
  const { id } = avatars.add(store.db, { sha256: 'a'.repeat(64), fileName: 'b'.repeat(32), mime: 'image/png' });
  avatars.settle(store.db, store.accountId, 'same', id);
  expect(readAll(store.db, 'SELECT handle FROM addresses WHERE avatar_id = ? ORDER BY handle', id)).toEqual([{ handle: 'kalev' }, { handle: 'marta' }]);
});
