/** Contact lists that gateways hand over (XEP-0144): of whom they are taken, and what of them. */
import { describe, expect, it } from 'vitest';
import { GatewayBook } from '../../../bridges/xmpp/services/gateway-book.ts';
import { elementsOf, fakeEngine, martaLink } from '../../golden/xmpp/subject.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import { element } from '../../../bridges/xmpp/stream/xml/element.ts';
import { until } from '../../kit/until.ts';

const gateway = 'wa.levante.example';
const exchange = (...items: string[]): string => `<x xmlns="http://jabber.org/protocol/rosterx">${items.join('')}</x>`;
const romeo = `<item action="add" jid="romeo@${gateway}" name="Romeo"><group>WhatsApp</group></item>`;

/** Marta's account with one gateway she is signed in at. */
async function setting(letsPeopleIn = true) {
  const asked: string[] = [];
  const info = `<iq type="result"><query xmlns="http://jabber.org/protocol/disco#info"><identity category="gateway" type="whatsapp"/><feature var="jabber:iq:register"/></query></iq>`;
  const answers: Readonly<Record<string, string>> = {
    'http://jabber.org/protocol/disco#items': `<iq type="result"><query xmlns="http://jabber.org/protocol/disco#items"><item jid="${gateway}"/></query></iq>`,
    'http://jabber.org/protocol/disco#info': info,
    'jabber:iq:register': '<iq type="result"><query xmlns="jabber:iq:register"><registered/></query></iq>',
  };
  const engine = fakeEngine(async (payload) => {
    if (payload.namespace === 'jabber:iq:roster') asked.push(serialize(payload));
    const [answer] = elementsOf(answers[payload.namespace ?? ''] ?? '<iq type="result"/>');
    return answer ?? element('iq');
  });
  const link = martaLink(engine);
  await link.gateways.online(true);
  if (!letsPeopleIn) await link.gateways.setLetsPeopleIn(gateway, false);
  engine.sent.length = 0;
  const hear = (xml: string) => elementsOf(xml).map((stanza) => link.inbox.translate([stanza]));
  return { asked, engine, link, hear };
}
const message = (from: string, inner: string): string => `<message from="${from}" id="m1">${inner}</message>`;

describe('a contact list of another network', () => {
  it('is taken of its gateway, and its people see us; what we changed stays', async () => {
    const { asked, engine, link, hear } = await setting();
    link.roster.push(elementsOf(`<query xmlns="jabber:iq:roster"><item jid="juliet@${gateway}" name="My Juliet" subscription="both"/></query>`)[0] ?? element('query'));
    const [heard] = hear(message(gateway, exchange(romeo, `<item jid="juliet@${gateway}" name="Juliet"/>`)));
    expect(heard?.events).toEqual([]);
    await until(() => engine.sent.length === 2, { label: 'Romeo is let in' });
    expect(asked).toEqual([expect.stringMatching(new RegExp(`romeo@${gateway}.*Romeo.*WhatsApp`))]);
    expect(engine.sent.join()).toMatch(/subscribed.*subscribe/s);
  });

  it('may come as a request, which is answered', async () => {
    const { asked, hear } = await setting();
    const [heard] = hear(`<iq type="set" id="x1" from="${gateway}">${exchange(romeo)}</iq>`);
    expect(heard?.replies.map((reply) => reply.attribute('type'))).toEqual(['result']);
    await until(() => asked.length === 1);
  });

  it.each([
    ['a stranger sends it', true, message('evil.example', exchange(`<item jid="spy@evil.example"/>`))],
    ['one of the people sends it', true, message(`juliet@${gateway}`, exchange(romeo))],
    ['it names people of elsewhere', true, message(gateway, exchange('<item jid="boss@levante.example"/>', '<item action="delete" jid="paul@oriente.example"/>'))],
    ['it names the gateway itself', true, message(gateway, exchange(`<item action="delete" jid="${gateway}"/>`))],
    ['its people are to ask first', false, message(gateway, exchange(romeo))],
  ])('changes nothing when %s', async (_why, letsIn, xml) => {
    const { asked, engine, hear } = await setting(letsIn);
    hear(xml);
    await new Promise((resolve) => setImmediate(resolve));
    expect([asked, engine.sent]).toEqual([[], []]);
  });

  it('takes somebody off the list who is on it, and keeps words that came along', async () => {
    const { asked, link, hear } = await setting();
    link.roster.push(elementsOf(`<query xmlns="jabber:iq:roster"><item jid="romeo@${gateway}" subscription="both"/></query>`)[0] ?? element('query'));
    const [heard] = hear(message(gateway, `<body>Romeo left</body>${exchange(`<item action="delete" jid="romeo@${gateway}"/>`, `<item action="delete" jid="nobody@${gateway}"/>`)}`));
    expect(heard?.events.some((event) => event.type === 'message.upserted' && event.message.text === 'Romeo left')).toBe(true);
    await until(() => asked.length === 1);
    expect(asked[0]).toContain('subscription="remove"');
  });
});

it('a gateway that was told to ask first says so after a restart', () => {
  const book = new GatewayBook({ [gateway]: { network: 'whatsapp', name: null, isRegistered: true, asksFirst: true } });
  expect([book.isRegistered(gateway), book.letsPeopleIn(gateway)]).toEqual([true, false]);
});
