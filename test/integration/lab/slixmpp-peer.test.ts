// needs: prosody peers tools
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshName, sharedLab } from '../../kit/lab.ts';
import { startSlixmppPeer, type SlixmppPeer } from '../../lab/index.ts';

const lab = sharedLab();
let domain: string;
let anna: SlixmppPeer;
let ben: SlixmppPeer;
let phone: SlixmppPeer;

beforeAll(async () => {
  const server = await lab.prosody('13');
  ({ domain } = server);
  const [own, other] = [freshName('anna'), freshName('ben')];
  await server.register(own, 'secret');
  await server.register(other, 'secret');
  const start = (user: string, resource: string): Promise<SlixmppPeer> =>
    startSlixmppPeer({
      ...{ jid: `${user}@${domain}/${resource}`, password: 'secret' },
      ...{ host: server.host, port: server.c2sPort, caFile: server.caFile },
    });
  [anna, ben, phone] = await Promise.all([start(own, 'lab'), start(other, 'lab'), start(own, 'phone')]);
});
afterAll(async () => {
  await Promise.all([anna, ben, phone].map((peer) => peer.stop()));
});

const bare = (peer: SlixmppPeer): string => peer.jid.split('/')[0] ?? '';

describe('the slixmpp peer', () => {
  it('does with messages what people do', async () => {
    const id = await anna.send(ben.jid, 'Friday?', { markable: true });
    await ben.waitForMessage(({ body }) => body === 'Friday?');
    await ben.react(anna.jid, id, ['👍', '🎉']);
    const { emojis } = await anna.waitFor('reactions', ({ target }) => target === id);
    expect(new Set(emojis as string[])).toEqual(new Set(['👍', '🎉']));
    await ben.mark(anna.jid, id);
    await anna.waitFor('marker', ({ kind, target }) => kind === 'displayed' && target === id);
    await ben.send(anna.jid, 'better Monday', { reply: { id, to: anna.jid, quote: 'Friday?' } });
    const reply = await anna.waitFor('reply', ({ target }) => target === id);
    expect(reply['body']).toBe('> Friday?\nbetter Monday');
    await anna.retract(ben.jid, id);
    await ben.waitFor('retraction', ({ target }) => target === id);
  });

  it('owns a room, and is an occupant of one', async () => {
    const room = `${freshName('room')}@muc.${domain}`;
    await anna.rooms.join(room, 'anna');
    await anna.rooms.configure(room, { 'muc#roomconfig_roomname': 'Workshop', 'muc#roomconfig_membersonly': true });
    expect(await anna.rooms.options(room)).toMatchObject({ 'muc#roomconfig_roomname': 'Workshop' });
    await expect(ben.rooms.join(room, 'ben')).rejects.toThrow('registration-required');
    await anna.rooms.affiliate(room, bare(ben), 'member');
    expect(await anna.rooms.members(room)).toEqual([bare(ben)]);
    await anna.rooms.invite(room, bare(ben), { isDirect: true, reason: 'come in' });
    await ben.waitFor('invite', (event) => event['room'] === room);
    expect((await ben.rooms.join(room, 'ben')).occupants).toContain('anna');
    await ben.rooms.changeNick(room, 'benny');
    await anna.waitFor('occupant', ({ nick, type }) => nick === 'benny' && type === 'available');
    await anna.rooms.setSubject(room, 'autumn');
    await ben.waitFor('subject', ({ subject }) => subject === 'autumn');
    await ben.send(room, 'regrettable', { type: 'groupchat' });
    const { stanzaId } = await anna.waitFor('group-message', ({ body }) => body === 'regrettable');
    await anna.rooms.moderate(room, String(stanzaId), { reason: 'be kind' });
    await ben.waitFor('retraction', ({ target, isModerated }) => target === stanzaId && isModerated === true);
    await anna.rooms.giveRole(room, 'benny', 'none', 'take a walk');
    const kicked = await ben.waitFor('occupant', ({ type, codes }) => type === 'unavailable' && String(codes).includes('307'));
    expect(kicked['reason']).toBe('take a walk');
    await anna.rooms.destroy(room, { reason: 'over' });
    await anna.waitFor('occupant', ({ isDestroyed }) => isDestroyed === true);
  });

  it('shows who it is, and keeps its own notes', async () => {
    await anna.people.setContact(bare(ben), { name: 'Ben', groups: ['Work'] });
    await ben.people.decideSubscriptions(false);
    await anna.subscribe(bare(ben));
    await ben.waitFor('subscribe');
    await ben.people.answerSubscription(bare(anna), true);
    await anna.waitFor('presence', ({ sender }) => sender === ben.jid);
    expect(await anna.roster()).toContainEqual({ jid: bare(ben), name: 'Ben', groups: ['Work'], subscription: 'to' });
    // A server tells of PEP only who it has seen presence of.
    await ben.subscribe(bare(anna));
    await ben.waitFor('presence', ({ sender }) => sender === anna.jid);
    const picture = Buffer.from('not quite a picture');
    const id = await ben.people.publishAvatar(picture);
    await anna.waitFor('pubsub', ({ node, items }) => node === 'urn:xmpp:avatar:metadata' && String(items) === id);
    await ben.people.publishVcard({ FN: 'Ben Example', 'ORG/ORGNAME': 'Lab' });
    expect(await anna.iq('get', bare(ben), '<vCard xmlns="vcard-temp"/>')).toContain('Ben Example');
    await ben.people.setPresence({ show: 'away', status: 'asleep', idleSeconds: 600 });
    expect(await anna.waitForStanza(/asleep/)).toContain('urn:xmpp:idle:1');

    await anna.people.bookmark(`room@muc.${domain}`, { name: 'Room' });
    await phone.waitFor('pubsub', ({ node }) => node === 'urn:xmpp:bookmarks:1');
    await anna.people.setReadMark(bare(ben), 'stanza-1', bare(anna));
    await phone.waitFor('pubsub', ({ node }) => node === 'urn:xmpp:mds:displayed:0');
    // Who has asked for the list is told of its changes.
    expect(await phone.people.blocked()).toEqual([]);
    await anna.people.block('pest@xmpp.test');
    await phone.waitForStanza(/<block xmlns="urn:xmpp:blocking"/);
    expect(await phone.people.blocked()).toEqual(['pest@xmpp.test']);
  });

  it('offers commands with every kind of field, and goes through those of others', async () => {
    const { jid, picture } = await ben.provideCommands({ waitSeconds: 1 });
    const offered = await anna.discoverCommands(jid);
    expect(offered.map(({ node }) => node).sort()).toEqual(['lab-failure', 'lab-form', 'lab-wait']);
    const result = await anna.runCommand(jid, 'lab-form', [{ name: 'Anna', people: ['a@b.c', 'd@e.f'] }]);
    const types = result.steps[0]?.fields.map(({ type }) => type);
    expect(new Set(types).size).toBe(10);
    expect(result.steps[1]?.xml).toContain(picture);
    expect(result.steps[1]?.note).toBe('Nearly there\nLook twice');
    expect(result.status).toBe('completed');
    const { answers } = await ben.waitFor('command-answers');
    expect(answers).toMatchObject({ hidden: 'kept', name: 'Anna', colour: 'g', people: ['a@b.c', 'd@e.f'] });
    const step = (action: string, session = ''): Promise<string> =>
      anna.iq('set', jid, `<command xmlns="http://jabber.org/protocol/commands" node="lab-form" action="${action}"${session}/>`);
    const first = await step('execute');
    const session = ` ${/sessionid="[^"]+"/.exec(first)?.[0]}`;
    expect(await step('next', session)).toContain('Scan this');
    expect(await step('prev', session)).toContain('Every kind of field');
    expect((await anna.runCommand(jid, 'lab-wait')).note).toBe('waited 1 s');
    expect((await anna.runCommand(jid, 'lab-failure')).note).toBe('It went wrong');
  });
});
