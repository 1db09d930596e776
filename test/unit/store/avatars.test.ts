// needs: nothing
import { expect, test } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { remotePersonId } from '#model';
import { avatars } from '../../../electron/engine/store/repositories/avatars.ts';
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
