/** A hole that was marked by a server which was replaced since. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { remoteMessageId } from '#model';
import { openMatrixStore } from '../../../bridges/matrix/store/matrix-store.ts';
import type { AccountContext } from '../../../bridges/matrix/worker/account-context.ts';
import { loadOlder } from '../../../bridges/matrix/worker/calls/load-older.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

const roomId = '!room:example.org';
const message = (eventId: string): unknown => ({
  event_id: eventId,
  type: 'm.room.message',
  sender: '@bob:example.org',
  origin_server_ts: 1_795_000_000_000,
  content: { msgtype: 'm.text', body: eventId },
});

class Refusal extends Error {
  readonly httpStatus: number;
  constructor(httpStatus: number) {
    super('Invalid token');
    this.httpStatus = httpStatus;
  }
}

/** A server that takes no cursor but `good`, and knows where `$known` stands. */
const scene = (status: number) => {
  const store = openMatrixStore(join(tempFolder('matrix'), 'matrix.sqlite'));
  onTestFinished(() => store.close());
  store.rooms.patch(roomId, { membership: 'joined' });
  store.markers.addGap(roomId, { before: '$known', cursor: 'dead' });
  const told: BridgeEvent[] = [];
  const asked: string[] = [];
  const context = {
    store,
    selfId: '@alice:example.org',
    baseUrl: 'http://example.org',
    crypto: () => ({ decrypt: async (_room: string, raw: unknown) => ({ isClear: true, raw }) }),
    publish: async (events: readonly BridgeEvent[]) => void told.push(...events),
    wantKeys: () => undefined,
    client: {
      createMessagesRequest: async (_room: string, from: string | null) => {
        asked.push(String(from));
        if (from !== 'good') throw new Refusal(status);
        return { chunk: [message('$2'), message('$1')], end: 'next' };
      },
    },
    api: { get: async (path: readonly string[]) => (path.includes('$known') ? { start: 'good' } : {}) },
  } as unknown as AccountContext;
  return { store, context, told, asked };
};
const known = { remoteId: remoteMessageId('$known') };

it('is filled from the message behind it', async () => {
  const { context, store, told, asked } = scene(400);
  expect(await loadOlder(context, roomId, 'dead', known, 10)).toEqual({ messageCount: 2, hasMore: true, cursor: 'next' });
  expect(asked).toEqual(['dead', 'good']);
  expect(told.filter(({ type }) => type.startsWith('gap.'))).toMatchObject([{ type: 'gap.deleted', cursor: 'dead' }, { type: 'gap.upserted', cursor: 'next', before: '$1' }]);
  expect(store.markers.findGap(roomId, 'dead')).toBeNull();
});

it('stays where the server only failed, or knows no such message', async () => {
  const failing = scene(500);
  await expect(loadOlder(failing.context, roomId, 'dead', known, 10)).rejects.toMatchObject({ fault: { code: 'server-unreachable' } });
  const lost = scene(400);
  await expect(loadOlder(lost.context, roomId, 'dead', { remoteId: remoteMessageId('$gone') }, 10)).rejects.toMatchObject({ fault: { code: 'rejected' } });
  expect([failing.asked, lost.asked]).toEqual([['dead'], ['dead']]);
  expect(lost.store.markers.findGap(roomId, 'dead')).not.toBeNull();
});
