import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BridgeEvent } from '#bridge';
import type { AccountLink } from '../../../bridges/xmpp/account-link.ts';
import type { Translation } from '../../../bridges/xmpp/inbox.ts';
import { elementsOf, fakeEngine, martaLink, nowMs } from '../../golden/xmpp/subject.ts';

const own = 'marta@levante.example';
const paul = 'paul@oriente.example/old-client';
const server = 'levante.example';

let link: AccountLink;
let stored: string[];
beforeEach(() => {
  vi.useFakeTimers({ now: nowMs, toFake: ['Date'] });
  link = martaLink(fakeEngine());
  stored = [];
});
afterEach(() => void vi.useRealTimers());

const message = (text: string, more = ''): string =>
  `<message from="${paul}" to="${own}" type="chat"><body>${text}</body>${more}</message>`;
const delay = (atMs: number): string =>
  `<delay xmlns="urn:xmpp:delay" from="${server}" stamp="${new Date(atMs).toISOString()}"/>`;

const textsOf = (events: readonly BridgeEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'message.upserted' ? [event.message.text] : []));

async function store({ events, change }: Translation): Promise<void> {
  await link.journal.write({ events, change });
  stored.push(...textsOf(events));
}

const live = (text: string): Promise<void> => store(link.inbox.translate(elementsOf(message(text))));
const keptBack = (text: string, atMs: number): Promise<void> =>
  store(link.inbox.translate(elementsOf(message(text, delay(atMs)))));
const archived = (...copies: readonly (readonly [id: string, text: string, atMs: number])[]): Promise<void> => {
  const messages = copies.flatMap(([id, text, stampMs]) =>
    elementsOf(message(text)).map((element) => ({ id, message: element, stampMs })),
  );
  return store(link.inbox.translateArchived(messages, 'catchup', null));
};

describe('a message without any id', () => {
  it('is one message, though it comes live, resent and from the archive', async () => {
    await live('hello');
    await keptBack('hello', nowMs - 2_000);
    await archived(['a1', 'hello', nowMs - 1_700]);
    expect(stored).toEqual(['hello']);
  });

  it('is one message, though the archive comes first', async () => {
    await archived(['a1', 'hello', nowMs - 1_700]);
    await keptBack('hello', nowMs - 2_000);
    await keptBack('hello', nowMs - 2_000);
    expect(stored).toEqual(['hello']);
  });

  it('is known after a restart', async () => {
    await live('hello');
    const { nameless } = link.journal.state;
    link = martaLink(fakeEngine());
    Object.assign(link.journal.state, { nameless });
    await archived(['a1', 'hello', nowMs]);
    expect(stored).toEqual(['hello']);
  });

  it('that was not stored is no copy when it comes again', async () => {
    link.inbox.translate(elementsOf(message('hello')));
    await keptBack('hello', nowMs);
    expect(stored).toEqual(['hello']);
  });

  it('that says the same again is another one', async () => {
    await live('ok');
    await live('ok');
    expect(stored).toEqual(['ok', 'ok']);
    await archived(['a1', 'ok', nowMs - 500], ['a2', 'ok', nowMs + 500], ['a3', 'ok', nowMs + 20_000]);
    expect(stored).toEqual(['ok', 'ok', 'ok']);
  });

  it('is not mixed up with one of another person, another text or another time', async () => {
    await live('ok');
    await archived(['a1', 'okay', nowMs], ['a2', 'ok', nowMs - 61_000]);
    const fromOther = elementsOf(`<message from="ana@oriente.example/x" to="${own}" type="chat"><body>ok</body>${delay(nowMs)}</message>`);
    await store(link.inbox.translate(fromOther));
    expect(stored).toEqual(['ok', 'okay', 'ok', 'ok']);
  });

  it('can be read from the archive again and again, for a store that lost it', async () => {
    await archived(['a1', 'hello', nowMs]);
    await archived(['a1', 'hello', nowMs]);
    expect(stored).toEqual(['hello', 'hello']);
  });

  it('costs no memory for ever', async () => {
    for (let index = 0; index < 80; index += 1) await live(`text ${index}`);
    expect(link.journal.state.nameless).toHaveLength(50);
    vi.setSystemTime(nowMs + 25 * 60 * 60_000);
    await live('a day later');
    expect(link.journal.state.nameless).toHaveLength(1);
  });

  it('leaves messages with an id alone', async () => {
    const named = `<message from="${paul}" to="${own}" type="chat" id="i"><body>hello</body></message>`;
    await store(link.inbox.translate(elementsOf(named)));
    expect(link.journal.state.nameless).toEqual([]);
  });
});
