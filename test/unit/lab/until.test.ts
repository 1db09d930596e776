import { describe, expect, it } from 'vitest';
import { until } from '../../kit/until.ts';

describe('until', () => {
  it('answers with the first truthy answer', async () => {
    let looks = 0;
    const answer = await until(() => (++looks === 3 ? 'found' : undefined), { intervalMs: 1 });
    expect({ answer, looks }).toEqual({ answer: 'found', looks: 3 });
  });

  it('takes a look that throws for "not yet"', async () => {
    let looks = 0;
    const look = async (): Promise<boolean> => {
      looks += 1;
      if (looks < 3) throw new Error('still closed');
      return true;
    };
    await expect(until(look, { intervalMs: 1 })).resolves.toBe(true);
  });

  it('says what it waited for and what it saw last', async () => {
    const wait = until(() => 0, { timeoutMs: 30, intervalMs: 5, label: 'the third message' });
    await expect(wait).rejects.toThrow(/30 ms for the third message in vain .*answered 0/);
    const throwing = until(() => Promise.reject(new Error('no such row')), { timeoutMs: 30, intervalMs: 5 });
    await expect(throwing).rejects.toThrow(/the last look threw no such row/);
  });

  it('gives up on a look that never answers', async () => {
    const wait = until(() => new Promise<boolean>(() => {}), { timeoutMs: 40 });
    await expect(wait).rejects.toThrow(/did not answer in time/);
  });

  it('tells what went wrong before a look that it had to cut off', async () => {
    let looks = 0;
    const look = (): Promise<boolean> => ((looks += 1) === 1 ? Promise.reject(new Error('database is locked')) : new Promise<boolean>(() => {}));
    await expect(until(look, { timeoutMs: 40, intervalMs: 1 })).rejects.toThrow(/threw database is locked, and one more did not answer in time/);
  });

  it('stops at once when the signal is aborted', async () => {
    const stop = new AbortController();
    const wait = until(() => false, { timeoutMs: 60_000, intervalMs: 1, signal: stop.signal });
    stop.abort(new Error('the server ended'));
    await expect(wait).rejects.toThrow('the server ended');
  });
});
