// needs: nothing
import { describe, expect, it, vi } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { elementsOf, fakeEngine, martaLink } from '../../golden/xmpp/subject.ts';
import { TestStore } from '../store/kit/test-store.ts';

/** One message of Paul's, in the four ways it can reach us. */
const body = '<body>once</body><origin-id xmlns="urn:xmpp:sid:0" id="m-1"/><stanza-id xmlns="urn:xmpp:sid:0" by="marta@levante.example" id="a-1"/>';
const message = (extra = '') => `<message xmlns="jabber:client" from="paul@oriente.example/x" to="marta@levante.example" type="chat" id="m-1">${body}${extra}</message>`;
const delay = '<delay xmlns="urn:xmpp:delay" from="levante.example" stamp="2026-05-01T10:00:00Z"/>';
const copies = {
  live: message(),
  offline: message(delay),
  carbon: `<message from="marta@levante.example" to="marta@levante.example/here" type="chat"><received xmlns="urn:xmpp:carbons:2"><forwarded xmlns="urn:xmpp:forward:0">${message()}</forwarded></received></message>`,
  resumed: message(),
} as const;

const ways = ['live', 'offline', 'carbon', 'resumed', 'archive'] as const;

const orders = (names: readonly (typeof ways)[number][]): (typeof ways)[number][][] =>
  names.length <= 1 ? [[...names]] : names.flatMap((first) => orders(names.filter((one) => one !== first)).map((rest) => [first, ...rest]));

function receive(link: ReturnType<typeof martaLink>, way: (typeof ways)[number]): readonly BridgeEvent[] {
  if (way !== 'archive') return link.inbox.translate(elementsOf(copies[way])).events;
  const [archived] = elementsOf(message());
  return archived === undefined
    ? []
    : link.inbox.translateArchived([{ id: 'a-1', message: archived, stampMs: Date.UTC(2026, 4, 1, 10) }], 'catchup', null).events;
}

describe('one message that comes in every way', () => {
  it.each(orders(ways).map((order) => [order.join(', '), order] as const))('%s: is one row', (_name, order) => {
    const link = martaLink(fakeEngine());
    vi.spyOn(link.services, 'hasArchive', 'get').mockReturnValue(true);
    const store = new TestStore();
    for (const way of order) store.take(...receive(link, way));
    const rows = store.messages('paul@oriente.example');
    expect(rows.map(({ text }) => text)).toEqual(['once']);
    expect(store.row('paul@oriente.example').unreadCount).toBe(1);
  });

  it('stays two when two people use the same id', () => {
    const link = martaLink(fakeEngine());
    const store = new TestStore();
    store.take(...receive(link, 'live'));
    const other = message().replaceAll('paul@oriente.example', 'anna@oriente.example').replace('a-1', 'a-2');
    store.take(...link.inbox.translate(elementsOf(other)).events);
    expect(store.texts('paul@oriente.example')).toEqual(['once']);
    expect(store.texts('anna@oriente.example')).toEqual(['once']);
  });
});
