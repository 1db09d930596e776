import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { networkId, type ServiceLoginState } from '#model';
import { stateOfWords } from '../../../../bridges/matrix/bridged/watchdog/bot-words.ts';
import { nextPollMs } from '../../../../bridges/matrix/bridged/watchdog/poll-plan.ts';
import { createBridgeWatch, type BridgeReport, type BridgeWatch } from '../../../../bridges/matrix/bridged/watchdog/watch-bridges.ts';

const url = 'https://bridge.example';
const report = (state: ServiceLoginState | null): BridgeReport => {
  const logins = state === null ? [] : [{ id: 'l1', name: '+34', state, sinceMs: null, detail: null, isStale: false }];
  return { url, identity: { name: 'WhatsApp', network: networkId('whatsapp'), bot: null, flows: [], logins } };
};
const lost: BridgeReport = { url, identity: null };

describe('the watch over bridges', () => {
  let watch: BridgeWatch;
  let answers: BridgeReport[];
  let asked: number;
  let said: BridgeEvent[];

  beforeEach(() => {
    vi.useFakeTimers();
    answers = [report('connected')];
    asked = 0;
    said = [];
    watch = createBridgeWatch({
      ask: async () => {
        asked += 1;
        return answers;
      },
      say: (events) => void said.push(...events),
      random: () => 0.5,
    });
  });
  afterEach(() => {
    watch.stop();
    vi.useRealTimers();
  });
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  it('asks nobody while we are offline, once when we come online, and says only what is new', async () => {
    await pass(3_600_000);
    expect(asked).toBe(0);
    watch.setOnline(true);
    await pass(10);
    expect([asked, said.length]).toEqual([1, 1]);
    await pass(20 * 60_000);
    expect(asked).toBeGreaterThan(5);
    expect(said).toHaveLength(1);
    watch.setOnline(false);
    const before = asked;
    await pass(3_600_000);
    expect(asked).toBe(before);
  });

  it('asks ten times less while nobody looks, and soon when somebody comes back', async () => {
    watch.setOnline(true);
    watch.setActive(false);
    await pass(2 * 3_600_000);
    expect(asked).toBeLessThanOrEqual(6);
    const before = asked;
    watch.setActive(true);
    await pass(5_000);
    expect(asked).toBe(before + 1);
  });

  it('hardly asks at all where we have no login', async () => {
    answers = [report(null)];
    watch.setOnline(true);
    await pass(24 * 3_600_000);
    expect(asked).toBeLessThan(30);
  });

  it('believes that a bridge is gone at the second silence, and asks ever more rarely', async () => {
    answers = [lost];
    watch.setOnline(true);
    await pass(10);
    expect(said).toEqual([]);
    await pass(60_000);
    expect(said).toEqual([{ type: 'logins.replaced', service: url, network: null, logins: null }]);
    await pass(3_600_000);
    expect(asked).toBeLessThan(20);
    answers = [report('connected')];
    await pass(6 * 60_000);
    expect(said).toHaveLength(2);
  });

  it('is neither driven faster than every few seconds by a bot that never stops, nor kept from asking', async () => {
    watch.setOnline(true);
    for (let times = 0; times < 300; times += 1) {
      watch.nudge();
      await pass(100);
    }
    expect(asked).toBeGreaterThanOrEqual(5);
    expect(asked).toBeLessThanOrEqual(7);
  });

  it('asks nothing after its end', async () => {
    watch.setOnline(true);
    watch.stop();
    watch.nudge();
    await pass(3_600_000);
    expect(asked).toBe(0);
  });
});

it('waits longer each time, and no longer than half an hour', () => {
  const waits = [1, 2, 3, 30].map((troubleCount) => nextPollMs({ isActive: false, hasLogins: true, hasTrouble: true, troubleCount }));
  expect(waits).toEqual([40_000, 80_000, 160_000, 1_800_000]);
});

it.each([
  ['Disconnected, reconnecting in 5 seconds...', 'waiting'],
  ['Failed to connect: refused', 'waiting'],
  ['Disconnected.', 'signed-out'],
  ['irc.example: Welcome to the Internet Relay Network alice!~a@b', 'connected'],
  ['I was Disconnected, reconnecting in spirit', null],
  ['Disconnecting...', null],
  ['Disconnecting...\nDisconnected.', 'signed-out'],
] as const)('the words “%s” mean: %s', (words, state) => {
  expect(stateOfWords(words)).toBe(state);
});
