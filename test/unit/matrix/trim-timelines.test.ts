import { createClient, MatrixEvent, Room, type MatrixClient } from 'matrix-js-sdk';
import { expect, it } from 'vitest';
import { trimTimelines } from '../../../bridges/matrix/worker/trim-timelines.ts';
import { quietLogger } from '../../../bridges/matrix/worker/silence-logs.ts';

const roomWith = async (client: MatrixClient, roomId: string, count: number): Promise<Room> => {
  const room = new Room(roomId, client, client.getSafeUserId());
  client.store.storeRoom(room);
  const events = Array.from(
    { length: count },
    (_, index) => new MatrixEvent({ event_id: `$${roomId}-${index}`, type: 'm.room.message', room_id: roomId, sender: '@bob:example.org', origin_server_ts: index, content: { body: 'x' } }),
  );
  await room.addLiveEvents(events, { addToState: false });
  return room;
};

it('lets go of a long timeline and leaves a short one alone', async () => {
  const client = createClient({ baseUrl: 'http://127.0.0.1:1', userId: '@alice:example.org', deviceId: 'DEV', accessToken: 'x', logger: quietLogger });
  const long = await roomWith(client, '!long:example.org', 61);
  const short = await roomWith(client, '!short:example.org', 60);
  trimTimelines(client);
  expect(long.getLiveTimeline().getEvents()).toHaveLength(0);
  expect(short.getLiveTimeline().getEvents()).toHaveLength(60);
});
