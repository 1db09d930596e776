import { beforeEach, describe, expect, test } from 'vitest';
import { searchMessages } from '../../../electron/engine/store/search/search-messages.ts';
import { makeExcerpt } from '../../../electron/engine/store/search/make-excerpt.ts';
import { parseQuery, toMatch } from '../../../electron/engine/store/search/parse-query.ts';
import { live, message, noonMs, own, room, TestStore, upserted } from './kit/test-store.ts';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
  store.take(
    live('1', 'La señorita Müller preguntó por el camión', { sentAtMs: noonMs - 5_000 }),
    own('2', 'Töökoda avatakse homme; the Camión-Müller offer', { sentAtMs: noonMs - 4_000 }),
    live('3', 'offers in the room', { conversationId: room, sentAtMs: noonMs - 3_000 }),
    live('4', 'topic: offer', { kind: 'system', sentAtMs: noonMs - 2_000 }),
  );
});

const find = (query: string, more: Partial<Parameters<typeof searchMessages>[1]> = {}) =>
  searchMessages(store.db, { query, conversationId: null, before: null, limit: 20, ...more }).hits.map((hit) => hit.excerpt);

describe('search', () => {
  test('accents do not matter, in what is typed and in what is stored', () => {
    expect(find('senorita muller ')).toHaveLength(1);
    expect(find('CAMIÓN ')).toHaveLength(2);
    expect(find('tookoda ')).toHaveLength(1);
  });

  test('the last word may be the beginning of one; a finished word may not', () => {
    expect(find('off')).toEqual(['offers in the room', 'Töökoda avatakse homme; the Camión-Müller offer']);
    expect(find('offer ')).toHaveLength(1);
    expect(find('off ')).toEqual([]);
  });

  test('words in quotes stand side by side', () => {
    expect(find('"camión müller" ')).toHaveLength(1);
    expect(find('"müller camión" ')).toEqual([]);
    expect(find('müller camión ')).toHaveLength(2);
  });

  test('newest first by when it was written, also for history that came later', () => {
    store.take(upserted(message('old', 'a very old offer', { sentAtMs: noonMs - 86_400_000 }), 'history'));
    expect(find('offer').map((text) => text.slice(0, 6))).toEqual(['offers', 'Töökod', 'a very']);
  });

  test('in one conversation only', () => {
    expect(find('offer', { conversationId: store.conversationId(room) })).toEqual(['offers in the room']);
  });

  test('a word that looks like the token of a conversation finds only texts', () => {
    expect(find(`c${store.conversationId()}`)).toEqual([]);
    store.take(live('5', `section c${store.conversationId()}`));
    expect(find(`c${store.conversationId()}`)).toHaveLength(1);
  });

  test('page by page', () => {
    for (let index = 0; index < 7; index += 1) store.take(live(`p${index}`, `parcel ${index}`, { sentAtMs: noonMs + index }));
    const seen: string[] = [];
    let before = null as Parameters<typeof searchMessages>[1]['before'];
    do {
      const page = searchMessages(store.db, { query: 'parcel', conversationId: null, before, limit: 3 });
      seen.push(...page.hits.map((hit) => hit.excerpt.slice(-1)));
      before = page.next;
    } while (before !== null);
    expect(seen.join('')).toBe('6543210');
  });

  test.each([
    '', ' ', '"', '""', '*', '^', 'AND', 'OR', 'NOT', 'NEAR(a b)', 'a NEAR b', 'text:offer', '{text}: x', '-offer', 'offer*', '(((', "'; DROP TABLE messages; --",
    '\u0000', 'off\u0000er', '👍', '+ -', 'a"b"c', '"unclosed offer', ':', 'rowid:1', 'x'.repeat(10_000), 'a '.repeat(5_000), '\ud800',
  ])('%j is text, never syntax', (query) => {
    expect(() => find(query)).not.toThrow();
    expect(store.count('messages')).toBe(4);
  });

  test('operators are words', () => {
    store.take(live('6', 'this AND that'));
    expect(find('and ')).toEqual(['this AND that']);
    expect(toMatch(parseQuery('x" OR text:"yes'), null)).toBe('text : ("x" AND "or text" AND "yes" *)');
  });
});

describe('excerpts', () => {
  const marked = (text: string, query: string): string[] => {
    const { excerpt, marks } = makeExcerpt(text, parseQuery(query));
    return marks.map(([start, end]) => excerpt.slice(start, end));
  };

  test('marks whole words, accents folded', () => {
    expect(marked('El camión y el CAMION, camiones', 'camion ')).toEqual(['camión', 'CAMION']);
    expect(marked('El camión y camiones', 'camion')).toEqual(['camión', 'camiones']);
    expect(marked('recamion', 'camion')).toEqual([]);
  });

  test('marks stand right behind letters of several units', () => {
    expect(marked('👍👍 cami\u006f\u0301n 한국어 señal', 'senal camion ')).toEqual(['cami\u006f\u0301n', 'señal']);
    expect(marked('İstanbul İzmir', 'izmir')).toEqual(['İzmir']);
  });

  test('marks phrases and the beginning of the last word', () => {
    expect(marked('on the other hand, the othello', '"the other"')).toEqual(['the other']);
    expect(marked('a the-other b', '"the other" ')).toEqual(['the-other']);
  });

  test('a long text is cut around the first hit, never within a character', () => {
    const text = `${'👍 filler '.repeat(60)}needle${' filler 👍'.repeat(60)}`;
    const { excerpt, marks } = makeExcerpt(text, parseQuery('needle '));
    expect(excerpt.length).toBeLessThan(260);
    expect(excerpt).toMatch(/^….*needle.*…$/su);
    expect(excerpt.isWellFormed()).toBe(true);
    expect(marks.map(([start, end]) => excerpt.slice(start, end))).toEqual(['needle']);
  });

  test('is plain text: markup stays text, control and bidi characters go', () => {
    const { excerpt, marks } = makeExcerpt('<img onerror=x>\u202e\n\u0007needle', parseQuery('needle '));
    expect(excerpt).toBe('<img onerror=x>   needle');
    expect(marks.map(([start, end]) => excerpt.slice(start, end))).toEqual(['needle']);
  });

  test('a giant text takes no giant time', () => {
    const startedAtMs = performance.now();
    makeExcerpt(`${'é'.repeat(250_000)} needle`, parseQuery('needle '));
    expect(performance.now() - startedAtMs).toBeLessThan(200);
  });
});
