import { describe, expect, it } from 'vitest';
import { generateMessages } from '../../bench/kit/generate.ts';
import { interleave, median, percentile } from '../../bench/kit/measure.ts';
import { cpuTimeMs, pssMib, treeOf } from '../../bench/kit/process-tree.ts';
import { RawStore } from '../../bench/kit/raw-store.ts';
import { asJson, asPage, asTable } from '../../bench/kit/report.ts';
import { isMet, targetText, type BenchRow } from '../../bench/kit/row.ts';
import { searchQueries } from '../../bench/kit/search-queries.ts';

const row = (more: Partial<BenchRow> = {}): BenchRow => ({
  id: 'P0-example',
  title: 'an example',
  value: 1.2,
  unit: '×',
  target: { is: 'at most', bound: 1.5, goal: 1.3 },
  note: 'raw 10 ms',
  ...more,
});

describe('numbers', () => {
  it('takes percentiles of unsorted values and leaves them as they were', () => {
    const values = [9, 1, 5, 3, 7];
    expect(median(values)).toBe(5);
    expect(percentile(values, 0.95)).toBe(9);
    expect(percentile(values, 0)).toBe(1);
    expect(values).toEqual([9, 1, 5, 3, 7]);
    expect(() => median([])).toThrow();
  });

  it('takes yardstick and subject in turns and does not count the first turn', async () => {
    const calls: string[] = [];
    let turn = 0;
    const result = await interleave(
      3,
      () => (calls.push('yardstick'), Promise.resolve(turn === 0 ? 1_000 : 10)),
      () => (calls.push('subject'), Promise.resolve(turn++ === 0 ? 5_000 : 20)),
    );
    expect(calls).toEqual(Array.from({ length: 4 }, () => ['yardstick', 'subject']).flat());
    expect(result).toEqual({ yardstick: 10, subject: 20 });
  });
});

describe('rows', () => {
  it('are met up to and with their bound', () => {
    expect(isMet(row({ value: 1.5 }))).toBe(true);
    expect(isMet(row({ value: 1.51 }))).toBe(false);
    expect(isMet(row({ value: 0.5, target: { is: 'at least', bound: 0.5 } }))).toBe(true);
    expect(isMet(row({ value: 0.49, target: { is: 'at least', bound: 0.5 } }))).toBe(false);
    expect(isMet(row({ value: Number.NaN }))).toBe(false);
    expect(targetText(row())).toBe('≤ 1.5 × (goal 1.3)');
  });

  it('are written as table, page and list', () => {
    const missed = row({ id: 'P0-missed', value: 9 });
    expect(asTable([row(), missed]).split('\n')).toHaveLength(3);
    expect(asTable([missed])).toContain('NO');
    expect(asPage([row()], ['P9: no display'])).toContain('- P9: no display');
    expect(JSON.parse(asJson([row(), missed]))).toEqual([
      { id: 'P0-example', value: 1.2, unit: '×', target: '≤ 1.5 × (goal 1.3)', ok: true },
      { id: 'P0-missed', value: 9, unit: '×', target: '≤ 1.5 × (goal 1.3)', ok: false },
    ]);
  });
});

describe('what is fed', () => {
  it('is the same for the same seed', () => {
    expect([...generateMessages(1, 50)]).toEqual([...generateMessages(1, 50)]);
    expect([...generateMessages(1, 50)]).not.toEqual([...generateMessages(2, 50)]);
    expect(searchQueries(1, 30)).toEqual(searchQueries(1, 30));
  });

  it('has messages of about 85 bytes with names of their own, ascending in time', () => {
    const messages = [...generateMessages(1, 5_000)];
    const bytes = messages.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) / messages.length;
    expect(bytes).toBeGreaterThan(70);
    expect(bytes).toBeLessThan(100);
    expect(new Set(messages.map(({ remoteId }) => remoteId)).size).toBe(messages.length);
    expect(messages.every(({ sentAtMs }, index) => sentAtMs >= (messages[index - 1]?.sentAtMs ?? 0))).toBe(true);
  });

  it('asks for words of five letters or more', () => {
    const words = searchQueries(1, 300).flatMap(({ text }) => text.split(' '));
    expect(words.every((word) => [...word].length >= 5)).toBe(true);
  });
});

describe('the raw store', () => {
  it('keeps each message once, counts unread ones and finds words', () => {
    const store = new RawStore(':memory:');
    const messages = [...generateMessages(1, 500)];
    store.insertAll(messages, 100);
    store.insertAll(messages, 100);
    expect(store.countMessages()).toBe(500);
    const unread = store.db.prepare<[], { n: number }>('SELECT sum(unread_count) AS n FROM conversations').get()?.n;
    expect(unread).toBe(messages.filter(({ isOwn }) => !isOwn).length);
    store.db.exec(`INSERT INTO message_words (message_words) VALUES ('integrity-check')`);
    store.close();
  });
});

describe.runIf(process.platform === 'linux')('a process tree', () => {
  it('has memory and processor time', () => {
    expect(treeOf(process.pid)).toContain(process.pid);
    expect(pssMib(process.pid)).toBeGreaterThan(10);
    expect(cpuTimeMs(process.pid)).toBeGreaterThan(0);
  });
});
