import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RoomWatch } from '../../../bridges/xmpp/room-watch.ts';
import { StanzaError } from '../../../bridges/xmpp/stream/stanza-error.ts';
import { BridgeError } from '#bridge';
import type { ExtensionContext } from '../../../bridges/xmpp/extension.ts';

const timings = { silenceMs: 600_000, everyMs: 60_000 };
beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

/** One room that we believe to be in; `answer` is what the self-ping comes to. */
function watched(answer: () => Promise<unknown>) {
  const pinged: string[] = [];
  const entered: string[] = [];
  let heardAtMs = Date.now();
  let isJoined = true;
  const rooms = {
    addresses: ['r@muc'],
    nick: () => 'alix',
    isJoined: () => isJoined,
    isWaiting: () => !isJoined,
    silentSince: (atMs: number) => (isJoined && heardAtMs <= atMs ? ['r@muc'] : []),
    heard: () => void (heardAtMs = Date.now()),
    ghosted: () => void (isJoined = false),
    invitation: () => null,
    about: () => ({}),
    join: (room: string) => {
      entered.push(room);
      isJoined = true;
      heardAtMs = Date.now();
      return Promise.reject(new BridgeError('offline'));
    },
  };
  const link = { rooms, services: { info: () => Promise.resolve({ identities: [], features: new Set(), fields: new Map() }) }, secrets: { get: () => Promise.resolve(null) }, journal: { state: { rooms: { 'r@muc': { nick: 'alix' } } } } };
  const engine = { isOnline: true, request: ({ to }: { to: string }) => (pinged.push(to), answer()) };
  const context = { link, engine, log: { info: () => undefined }, now: Date.now } as unknown as ExtensionContext;
  return { watch: new RoomWatch(context, timings), pinged, entered };
}

it('asks a silent room, once for each silence', async () => {
  const { watch, pinged, entered } = watched(() => Promise.resolve({}));
  await vi.advanceTimersByTimeAsync(540_000);
  expect(pinged).toEqual([]);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(pinged).toEqual(['r@muc/alix']);
  await vi.advanceTimersByTimeAsync(480_000);
  expect([pinged.length, entered]).toEqual([1, []]);
  watch.stop();
});

it.each([
  ['not-acceptable', 1],
  ['not-allowed', 1],
  ['service-unavailable', 0],
  ['feature-not-implemented', 0],
  ['item-not-found', 0],
  ['remote-server-timeout', 0],
])('when it answers %s it is entered again %i times', async (condition, times) => {
  const { watch, entered } = watched(() => Promise.reject(new StanzaError(condition, undefined, 'r@muc')));
  await watch.check(['r@muc']);
  expect(entered).toHaveLength(times);
  watch.stop();
});

it('knows nothing when nobody answers', async () => {
  const { watch, entered } = watched(() => Promise.reject(new BridgeError('server-unreachable')));
  await watch.check(['r@muc']);
  expect(entered).toEqual([]);
  watch.stop();
});

it('asks all rooms after a session was resumed, and none in a new one', async () => {
  const { watch, pinged } = watched(() => Promise.resolve({}));
  await watch.online(true);
  expect(pinged).toEqual([]);
  await watch.online(false);
  expect(pinged).toEqual(['r@muc/alix']);
  watch.stop();
});
