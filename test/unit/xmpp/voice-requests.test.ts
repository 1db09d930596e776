/** Who asks to speak: only the room may say so, only to who moderates it, and not without end. */
import { describe, expect, it } from 'vitest';
import { elementsOf, fakeEngine, martaLink, room } from '../../golden/xmpp/subject.ts';

const question = (nick: string, from = room, type = 'form'): string => `<message from="${from}"><x xmlns="jabber:x:data" type="${type}">
  <field var="FORM_TYPE" type="hidden"><value>http://jabber.org/protocol/muc#request</value></field>
  <field var="muc#role" type="list-single"><value>participant</value></field><field var="muc#roomnick" type="text-single"><value>${nick}</value></field>
  <field var="muc#request_allow" type="boolean"><value>false</value></field></x></message>`;
const presence = (nick: string, role: string, more = ''): string =>
  `<presence from="${room}/${nick}"><x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="${role}"/>${more}</x></presence>`;
const own = (role: string): string => presence('marta', role, '<status code="110"/>');

function setting(ownRole = 'moderator', others = presence('Anna', 'visitor') + presence('Ben', 'participant')) {
  const engine = fakeEngine();
  const link = martaLink(engine);
  for (const stanza of elementsOf(own(ownRole) + others)) link.rooms.receivePresence(stanza);
  const hear = (xml: string) => elementsOf(xml).flatMap((message) => [...(link.voiceRequests.receiveMessage(message) ?? [])]);
  return { engine, link, hear };
}

describe('who asks to speak', () => {
  it('is told once, however often the room says it', () => {
    const { link, hear } = setting();
    expect(hear(question('Anna') + question('Anna')).filter(({ type }) => type === 'message.upserted')).toHaveLength(1);
    expect([link.voiceRequests.has(room, 'Anna'), link.voiceRequests.has(room, 'Ben')]).toEqual([true, false]);
  });

  it.each([
    ['somebody in the room says it', setting(), question('Anna', `${room}/Ben`)],
    ['another room says it', setting(), question('Anna', 'other@muc.levante.example')],
    ['we do not moderate it', setting('participant'), question('Anna')],
    ['they may speak already', setting(), question('Ben')],
    ['they are not there', setting(), question('Carol')],
    ['it is an answer', setting(), question('Anna', room, 'submit')],
  ])('is nobody when %s', (_why, { link, hear }, xml) => {
    expect(hear(xml)).toEqual([]);
    expect(['Anna', 'Ben', 'Carol'].filter((nick) => link.voiceRequests.has(room, nick))).toEqual([]);
  });

  it('does not ask any more once somebody else gave the voice', () => {
    const { link, hear } = setting();
    hear(question('Anna'));
    for (const stanza of elementsOf(presence('Anna', 'participant'))) link.rooms.receivePresence(stanza);
    expect(link.voiceRequests.has(room, 'Anna')).toBe(false);
  });

  it('are as many as a person can look at', () => {
    const names = Array.from({ length: 40 }, (_, index) => `V${index}`);
    const { link, hear } = setting('moderator', names.map((nick) => presence(nick, 'visitor')).join(''));
    hear(names.map((nick) => question(nick)).join(''));
    expect(names.filter((nick) => link.voiceRequests.has(room, nick))).toHaveLength(30);
  });

  it('is answered with the form as it came and our word in it', async () => {
    const { engine, link, hear } = setting();
    hear(question('Anna'));
    await link.voiceRequests.answer(room, 'Anna', true);
    const [sent = ''] = engine.sent.slice(-1);
    expect(sent).toMatch(/muc#request_allow"><value>1</);
    expect(sent).toMatch(/muc#roomnick"><value>Anna</);
    await expect(link.voiceRequests.answer(room, 'Anna', true)).rejects.toMatchObject({ fault: { code: 'not-found' } });
  });
});
