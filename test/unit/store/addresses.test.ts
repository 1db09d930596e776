// needs: nothing
import { expect, test } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { networkId, remoteConversationId, remotePersonId } from '#model';
import { addresses } from '../../../electron/engine/store/repositories/addresses.ts';
import { TestStore } from './kit/test-store.ts';

const talkWith = (person: string, conversation: string, network: string): BridgeEvent[] => [
  { type: 'person.upserted', person: { remoteId: remotePersonId(person), displayName: null, handle: person, network: networkId(network) } },
  {
    type: 'conversation.upserted',
    conversation: {
      remoteId: remoteConversationId(conversation),
      kind: 'direct',
      title: person,
      security: 'plain',
      membership: 'joined',
      peerId: remotePersonId(person),
      network: networkId(network),
    },
  },
];

test('who is heard in a room of a gateway only has no address to add', () => {
  const store = new TestStore();
  store.take(...talkWith('bob@gateway', 'room@gateway', 'matrix'), ...talkWith('ann@gateway', 'ann@gateway', 'matrix'), ...talkWith('eve@own', 'room-of-eve', 'demo'));
  const isHeardInRoom = (id: string): boolean => addresses.isHeardInRoom(store.db, addresses.find(store.db, store.accountId, remotePersonId(id))!);
  expect(isHeardInRoom('bob@gateway')).toBe(true);
  expect(isHeardInRoom('ann@gateway')).toBe(false);
  expect(isHeardInRoom('eve@own')).toBe(false);
});
