import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BridgeSession, ConsoleLine, DiagnosticsAbility } from '#bridge';
import { accountId } from '#model';
import type { ConsoleWatchId } from '#rpc';
import { createConsoleDesk } from '../../../electron/engine/diagnostics/console-desk.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const account = accountId(1);
const line = (text: string): ConsoleLine => ({ atMs: 1, direction: 'in', kind: 'message', text });

/** A network that says what it is told to, to whom watches. */
function fakeSession(): { session: BridgeSession; listeners: Set<(lines: readonly ConsoleLine[]) => void> } {
  const listeners = new Set<(lines: readonly ConsoleLine[]) => void>();
  const diagnostics: DiagnosticsAbility = {
    report: () => Promise.resolve([]),
    watch: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    sendRaw: () => Promise.resolve(),
  };
  return { session: { diagnostics } as unknown as BridgeSession, listeners };
}

function desk(): { desk: ReturnType<typeof createConsoleDesk>; current: ReturnType<typeof fakeSession>; replace(): ReturnType<typeof fakeSession> } {
  const world = { current: fakeSession() };
  const made = createConsoleDesk({
    sessionOf: () => world.current.session,
    abilityOf: () => world.current.session.diagnostics as DiagnosticsAbility,
    now: Date.now,
  });
  return {
    desk: made,
    get current() {
      return world.current;
    },
    replace() {
      world.current = fakeSession();
      return world.current;
    },
  };
}

const say = (listeners: Set<(lines: readonly ConsoleLine[]) => void>, ...lines: readonly ConsoleLine[]): void => {
  for (const listener of listeners) listener(lines);
};

describe('a console', () => {
  it('gives each line once', () => {
    const { desk: consoles, current } = desk();
    const id = consoles.open(account);
    say(current.listeners, line('a'), line('b'));
    expect(consoles.read(id)).toEqual({ lines: [line('a'), line('b')], missedCount: 0 });
    expect(consoles.read(id)).toEqual({ lines: [], missedCount: 0 });
  });

  it('records nothing after it was closed, and tells nobody anything of it', () => {
    const { desk: consoles, current } = desk();
    const id = consoles.open(account);
    consoles.close(id);
    expect(current.listeners.size).toBe(0);
    expect(() => consoles.read(id)).toThrow(/no such console/);
    expect(() => consoles.read('x'.repeat(32) as ConsoleWatchId)).toThrow(/no such console/);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends by itself when nobody reads it any more', () => {
    const { desk: consoles, current } = desk();
    const id = consoles.open(account);
    vi.advanceTimersByTime(60_000);
    consoles.read(id);
    vi.advanceTimersByTime(80_000);
    expect(current.listeners.size).toBe(1);
    vi.advanceTimersByTime(30_000);
    expect(current.listeners.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is bounded in lines and in size, and counts what was lost', () => {
    const { desk: consoles, current } = desk();
    const id = consoles.open(account);
    say(current.listeners, ...Array.from({ length: 2_500 }, (_, index) => line(String(index))));
    const many = consoles.read(id);
    expect(many.lines).toHaveLength(2_000);
    expect(many.missedCount).toBe(500);
    expect(many.lines.at(-1)).toEqual(line('2499'));
    say(current.listeners, ...Array.from({ length: 200 }, () => line('x'.repeat(64 * 1024))));
    const large = consoles.read(id);
    expect(large.lines.length * 64 * 1024).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(large.lines.length + large.missedCount).toBe(200);
  });

  it('follows an account that was started anew', () => {
    const world = desk();
    const id = world.desk.open(account);
    const before = world.current;
    const after = world.replace();
    world.desk.read(id);
    expect(before.listeners.size).toBe(0);
    say(after.listeners, line('again'));
    expect(world.desk.read(id).lines).toEqual([line('again')]);
  });

  it('cannot be opened without end', () => {
    const { desk: consoles, current } = desk();
    for (let count = 0; count < 4; count += 1) consoles.open(account);
    expect(() => consoles.open(account)).toThrow(/too many/);
    expect(current.listeners.size).toBe(4);
    consoles.stop();
    expect(current.listeners.size).toBe(0);
  });
});
