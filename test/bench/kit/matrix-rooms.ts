/** What the homeserver of the benches says in `/sync`: 500 rooms with 20 messages each, 15 of them with 40 people. */
import { generateMessages } from './generate.ts';

export const selfId = '@desk:bench.example';
export const roomCount = 500;
export const perRoom = 20;
const largeRooms = 15;
const largeSize = 40;
const startMs = Date.UTC(2026, 0, 1);

const roomId = (room: number): string => `!room-${room}:bench.example`;
const userId = (room: number, person: number): string => `@customer-${room}-${person}:bench.example`;

const stateEvent = (room: number, type: string, stateKey: string, content: unknown): unknown => ({
  event_id: `$state-${room}-${type}-${stateKey}`,
  type,
  state_key: stateKey,
  sender: userId(room, 0),
  origin_server_ts: startMs,
  content,
});

const member = (room: number, user: string, name: string): unknown => stateEvent(room, 'm.room.member', user, { membership: 'join', displayname: name });

const peopleOf = (room: number): number => (room < largeRooms ? largeSize : 1);

const stateOf = (room: number): unknown[] => [
  stateEvent(room, 'm.room.create', '', { room_version: '11' }),
  stateEvent(room, 'm.room.power_levels', '', { users: { [userId(room, 0)]: 100 }, users_default: 0 }),
  stateEvent(room, 'm.room.join_rules', '', { join_rule: 'invite' }),
  stateEvent(room, 'm.room.history_visibility', '', { history_visibility: 'shared' }),
  stateEvent(room, 'm.room.name', '', { name: `Customer ${room}` }),
  member(room, selfId, 'Desk'),
  ...Array.from({ length: peopleOf(room) }, (_, person) => member(room, userId(room, person), `Person ${person} of ${room}`)),
];

const messageEvent = (room: number, person: number, id: string, body: string, sentAtMs: number): unknown => ({
  event_id: id,
  type: 'm.room.message',
  sender: userId(room, person),
  origin_server_ts: sentAtMs,
  content: { msgtype: 'm.text', body },
});

/** The answer to who never synced before. */
export function firstSync(): unknown {
  const texts = generateMessages(13, roomCount * perRoom);
  const text = (): string => texts.next().value?.text ?? '';
  const join: Record<string, unknown> = {};
  for (let room = 0; room < roomCount; room += 1) {
    const people = peopleOf(room);
    const events = Array.from({ length: perRoom }, (_, index) => messageEvent(room, index % people, `$first-${room}-${index}`, text(), startMs + room * 1_000 + index * 60_000));
    join[roomId(room)] = {
      summary: { 'm.joined_member_count': people + 1, 'm.invited_member_count': 0 },
      'org.matrix.msc4222.state_after': { events: stateOf(room) },
      timeline: { events, limited: true, prev_batch: `p-${room}` },
      unread_notifications: { notification_count: room % 5, highlight_count: 0 },
    };
  }
  return { next_batch: 's0', rooms: { join }, device_one_time_keys_count: { signed_curve25519: 50 }, device_unused_fallback_key_types: ['signed_curve25519'] };
}

/** An answer with `count` further messages, spread over a tenth of the rooms. */
export function nextSync(step: number, count: number): unknown {
  const texts = generateMessages(1_000 + step, count);
  const join: Record<string, { timeline: { events: unknown[] }; 'org.matrix.msc4222.state_after': { events: unknown[] } }> = {};
  for (let index = 0; index < count; index += 1) {
    const room = (step * 7 + index) % (roomCount / 10);
    const ofRoom = (join[roomId(room)] ??= { timeline: { events: [] }, 'org.matrix.msc4222.state_after': { events: [] } });
    ofRoom.timeline.events.push(messageEvent(room, 0, `$next-${step}-${index}`, texts.next().value?.text ?? '', startMs + 86_400_000 + step * 1_000 + index));
  }
  return { next_batch: `s${step}`, rooms: { join }, device_one_time_keys_count: { signed_curve25519: 50 }, device_unused_fallback_key_types: ['signed_curve25519'] };
}
