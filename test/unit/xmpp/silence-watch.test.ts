import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SilenceWatch } from '../../../bridges/xmpp/stream/silence-watch.ts';

/** A link of which we say when something went over it. */
function watched() {
  const link = { heardMs: performance.now(), saidMs: performance.now(), probes: 0, isDead: false };
  const watch = new SilenceWatch({
    silenceMs: 15_000,
    answerMs: 10_000,
    lastHeardMs: () => link.heardMs,
    lastSaidMs: () => link.saidMs,
    probe: () => {
      link.probes += 1;
      link.saidMs = performance.now();
    },
    onDead: () => (link.isDead = true),
  });
  return { link, watch };
}

/** Lets time pass while the server talks once a second. */
async function listenFor(link: { heardMs: number }, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    await vi.advanceTimersByTimeAsync(1_000);
    link.heardMs = performance.now();
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the watch over a link', () => {
  it('asks after a silence, and gives up when nothing comes', async () => {
    const { link, watch } = watched();
    watch.start();
    await vi.advanceTimersByTimeAsync(14_900);
    expect(link.probes).toBe(0);
    await vi.advanceTimersByTimeAsync(200);
    expect(link.probes).toBe(1);
    await vi.advanceTimersByTimeAsync(10_100);
    expect(link.isDead).toBe(true);
    watch.stop();
  });

  it('says something before the server takes our own silence for the end', async () => {
    const { link, watch } = watched();
    watch.start();
    watch.limit(60);
    await listenFor(link, 29);
    expect(link.probes).toBe(0);
    await listenFor(link, 2);
    expect(link.probes).toBe(1);
    await listenFor(link, 60);
    expect(link.probes).toBeGreaterThanOrEqual(2);
    expect(link.isDead).toBe(false);
    watch.stop();
  });

  it('needs to say nothing where the server sets no limit, and never hammers one that sets a mad limit', async () => {
    const { link, watch } = watched();
    watch.start();
    watch.limit(null);
    await listenFor(link, 120);
    expect(link.probes).toBe(0);
    watch.limit(1);
    await listenFor(link, 20);
    expect(link.probes).toBeLessThanOrEqual(21);
    expect(link.probes).toBeGreaterThan(5);
    watch.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(link.isDead).toBe(false);
  });
});
