import { describe, expect, it } from 'vitest';
import { ArchiveSync } from '../../../bridges/xmpp/archive-sync.ts';
import { ArchiveReader } from '../../../bridges/xmpp/extensions/0313-message-archive.ts';
import type { Journal } from '../../../bridges/xmpp/journal.ts';
import { ns } from '../../../bridges/xmpp/namespaces.ts';
import { element, type XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { until } from '../../kit/until.ts';

interface Asked {
  readonly after: string | undefined;
  /** Answers with one message of this id, which also is the page's last. */
  answer(lastId: string, isComplete?: boolean): void;
  fail(): void;
}

/** An archive that is answered by hand. */
const open = () => {
  const asked: Asked[] = [];
  const reader = new ArchiveReader('me@a.example', (payload) => {
    const { promise, resolve, reject } = Promise.withResolvers<XmlElement>();
    const answer = (lastId: string, isComplete = false): void => {
      const message = element('message', { xmlns: ns.client, from: 'you@a.example' }, element('body', {}, lastId));
      const result = element('result', { xmlns: ns.archive, id: lastId, queryid: payload.attribute('queryid') }, element('forwarded', { xmlns: ns.forward }, message));
      reader.claim(element('message', { xmlns: ns.client }, result));
      const set = element('set', { xmlns: ns.resultSet }, element('first', {}, lastId), element('last', {}, lastId));
      resolve(element('iq', { xmlns: ns.client, type: 'result' }, element('fin', { xmlns: ns.archive, complete: isComplete ? 'true' : undefined }, set)));
    };
    asked.push({ after: payload.child('set', ns.resultSet)?.childText('after'), answer, fail: () => reject(new Error('refused')) });
    return promise;
  });
  const look = (...pieces: string[]): void => pieces.forEach((piece) => reader.lookAhead(Buffer.from(piece)));
  return { asked, reader, look };
};

const fin = (lastId: string, attributes = ''): string =>
  `</message><iq type='result' id='1'><fin xmlns='urn:xmpp:mam:2'${attributes}><set xmlns='http://jabber.org/protocol/rsm'><first>f</first><last>${lastId}</last></set></fin></iq>`;

describe('the end of a page that is not parsed yet', () => {
  const seen = (...pieces: string[]): string[] => {
    const { reader, look } = open();
    const found: string[] = [];
    void reader.read({ pageSize: 250 }, (lastId) => found.push(lastId));
    look(...pieces);
    return found;
  };

  it('is seen, whole or in pieces, once', () => {
    expect(seen(`<message>x</message>${fin('id-1')}`)).toEqual(['id-1']);
    const text = fin('id-2');
    for (let cut = 1; cut < text.length; cut += 1) expect(seen(text.slice(0, cut), text.slice(cut)), String(cut)).toEqual(['id-2']);
    expect(seen(fin('id-3'), fin('id-4'))).toEqual(['id-3']);
  });

  it('is nothing to prepare for when the archive has no more', () => {
    expect(seen(fin('id-1', ` complete='true'`))).toEqual([]);
  });

  it('is not looked for when nobody, or more than one, waits for it', () => {
    const { reader, look } = open();
    look(fin('id-1'));
    const found: string[] = [];
    void reader.read({ pageSize: 250 }, (lastId) => found.push(lastId));
    void reader.read({ pageSize: 250 }, (lastId) => found.push(lastId));
    look(fin('id-1'));
    expect(found).toEqual([]);
  });

  it('is not believed to be an id that would need reading as XML', () => {
    expect(seen(fin('a&amp;b'))).toEqual([]);
    expect(seen(fin('x'.repeat(300)))).toEqual([]);
  });
});

describe('catching up', () => {
  const begin = () => {
    const archive = open();
    const stored: string[] = [];
    let store = (): Promise<void> => Promise.resolve();
    const state = { archive: { newestId: 'old', newestAtMs: 1, backfill: null } };
    const journal = {
      state,
      write: ({ change }: { change: (state: unknown) => { archive: { newestId: string } } }) => {
        stored.push(change(state).archive.newestId);
        return store();
      },
    } as unknown as Journal;
    const translate = () => ({ events: [], replies: [], change: () => state }) as never;
    const sync = new ArchiveSync({ reader: archive.reader, journal, translate, reply: () => undefined });
    return { ...archive, stored, done: sync.catchUp(), storeWith: (next: typeof store) => (store = next) };
  };

  it('asks for the next page before this one is parsed, and uses it', async () => {
    const { asked, look, stored, done } = begin();
    look(fin('a'));
    expect(asked.map(({ after }) => after)).toEqual(['old', 'a']);
    asked[0]?.answer('a');
    asked[1]?.answer('b', true);
    await done;
    expect(asked).toHaveLength(2);
    expect(stored).toEqual(['a', 'b']);
  });

  it('asks anew when what it saw was not the end', async () => {
    const { asked, look, stored, done } = begin();
    look(fin('forged'));
    asked[1]?.fail();
    asked[0]?.answer('a');
    await until(() => asked.length === 3);
    expect(asked[2]?.after).toBe('a');
    asked[2]?.answer('b', true);
    await done;
    expect(stored).toEqual(['a', 'b']);
  });

  it('is never two pages ahead of what is stored', async () => {
    const { asked, look, storeWith, stored, done } = begin();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    storeWith(() => promise);
    look(fin('a'));
    asked[0]?.answer('a');
    await until(() => stored.length === 1);
    look(fin('b'));
    expect(asked).toHaveLength(2);
    asked[1]?.answer('b');
    resolve(undefined);
    await until(() => asked.length === 3);
    expect(asked[2]?.after).toBe('b');
    asked[2]?.answer('c', true);
    await done;
    expect(stored).toEqual(['a', 'b', 'c']);
  });
});
