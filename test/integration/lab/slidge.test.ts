// needs: prosody peers gateways tools
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProsody, startSlidge, startSlixmppPeer } from '../../lab/index.ts';
import type { ProsodyServer, SlidgeGateway, SlixmppPeer } from '../../lab/index.ts';

let server: ProsodyServer;
let gateway: SlidgeGateway;
let stranger: SlidgeGateway;
const peers: SlixmppPeer[] = [];

beforeAll(async () => {
  server = await startProsody({ components: ['gw', 'stranger'], privileged: ['gw'] });
  [gateway, stranger] = await Promise.all([
    startSlidge(server),
    startSlidge(server, { component: 'stranger', login: 'code', networkType: 'whatsapp' }),
  ]);
});
afterAll(async () => {
  await Promise.all(peers.map((peer) => peer.stop()));
  await Promise.all([gateway.stop(), stranger.stop()]);
  await server.stop();
});

async function signIn(user: string): Promise<SlixmppPeer> {
  await server.register(user, 'secret');
  const place = { host: server.host, port: server.c2sPort, caFile: server.caFile };
  const peer = await startSlixmppPeer({ ...place, jid: `${user}@${server.domain}`, password: 'secret' });
  peers.push(peer);
  return peer;
}

describe('slidge with the network of the lab', () => {
  it('is signed in to by a picture that the phone reads, and carries what people do both ways', async () => {
    const user = `anna@${server.domain}`;
    const anna = await signIn('anna');
    const registration = anna.runCommand(gateway.jid, 'jabber:iq:register');
    await gateway.waitFor('qr', (event) => event['user'] === user);
    await gateway.network.scan(user);
    const { status, note, steps } = await registration;
    expect(status).toBe('completed');
    expect(note).toContain('welcome');
    expect(steps.map(({ xml }) => xml).join('\n')).toContain('urn:xmpp:media-element');
    await gateway.waitFor('ready', (event) => event['user'] === user);

    const juliet = gateway.contactJid('juliet');
    expect(await anna.roster()).toContainEqual(expect.objectContaining({ jid: juliet, name: 'Juliet', subscription: 'both' }));
    const hello = await gateway.network.write({ user, chat: 'juliet', text: 'hello' });
    await anna.waitForMessage(({ body }) => body === 'hello');
    await gateway.network.edit({ user, chat: 'juliet', id: hello, text: 'hello!' });
    await anna.waitForMessage(({ body, replaces }) => body === 'hello!' && replaces === hello);
    await gateway.network.react({ user, chat: 'juliet', id: hello, emojis: ['👍'] });
    await anna.waitFor('reactions', ({ target }) => target === hello);
    await gateway.network.retract({ user, chat: 'juliet', id: hello });
    await anna.waitFor('retraction', ({ target }) => target === hello);
    await gateway.network.write({ user, chat: 'juliet', by: 'me', text: 'typed on the phone' });
    expect(await anna.waitForStanza(/typed on the phone/)).toContain('urn:xmpp:carbons:2');

    await anna.send(juliet, 'dear Juliet', { markable: true });
    const sent = await gateway.waitFor('message', ({ text }) => text === 'dear Juliet');
    await gateway.network.read({ user, chat: 'juliet', id: String(sent['id']) });
    await anna.waitFor('marker', ({ kind }) => kind === 'displayed');

    const group = gateway.groupJid('g1');
    await anna.rooms.join(group, 'anna');
    await gateway.network.write({ user, chat: '#g1', by: 'juliet', text: 'hi, all' });
    await anna.waitFor('group-message', ({ body, nick }) => body === 'hi, all' && nick === 'Juliet');
    await gateway.network.write({ user, chat: '#g1', by: 'me', text: 'from my phone' });
    await anna.waitFor('group-message', ({ body }) => body === 'from my phone');
    await anna.send(group, 'from here', { type: 'groupchat' });
    await gateway.waitFor('message', ({ text, chat }) => text === 'from here' && chat === '#g1');
    await groupChanges(user, anna, group);

    await gateway.network.logOut(user);
    await anna.waitFor('presence', ({ sender, status: text }) => sender === gateway.jid && text === 'Logged out');
  });

  /** What else can happen in a group and around it. */
  async function groupChanges(user: string, anna: SlixmppPeer, group: string): Promise<void> {
    const { network } = gateway;
    const id = await network.write({ user, chat: '#g1', by: 'juliet', text: 'one more' });
    const seen = await anna.waitFor('group-message', ({ body }) => body === 'one more');
    expect(seen['stanzaId']).toBe(id);
    expect(seen['occupantId']).toEqual(expect.any(String));
    await network.react({ user, chat: '#g1', by: 'juliet', id, emojis: ['🎉'] });
    await anna.waitFor('reactions', ({ target, sender }) => target === id && sender === `${group}/Juliet`);
    await network.edit({ user, chat: '#g1', by: 'juliet', id, text: 'one more, better' });
    await anna.waitFor('group-message', ({ body, replaces }) => body === 'one more, better' && replaces !== null);
    await network.retract({ user, chat: '#g1', by: 'juliet', id });
    await anna.waitFor('retraction', ({ target, sender }) => target === id && sender === `${group}/Juliet`);
    await network.enter(user, 'g1', 'romeo');
    await anna.waitFor('occupant', ({ nick, type }) => nick === 'Romeo' && type === 'available');
    await network.leave(user, 'g1', 'romeo');
    await anna.waitFor('occupant', ({ nick, type }) => nick === 'Romeo' && type === 'unavailable');
    await network.setSubject(user, 'g1', 'autumn');
    await anna.waitFor('subject', ({ subject }) => subject === 'autumn');
    await network.addGroup(user, 'g2');
    await anna.waitFor('invite', ({ room }) => room === gateway.groupJid('g2'));
    const bookmarks = await anna.people.items(null, 'urn:xmpp:bookmarks:1');
    expect(bookmarks.map(({ id }) => id)).toContain(gateway.groupJid('g2'));
    await network.presence(user, 'juliet', 'away', 'asleep');
    await anna.waitFor('presence', ({ status }) => status === 'asleep');
    await network.typing({ user, chat: 'juliet' });
    await anna.waitFor('chat-state', ({ state }) => state === 'composing');
    const path = join(gateway.dir, 'note.txt');
    writeFileSync(path, 'a file from the phone');
    await network.sendFile({ user, chat: 'juliet', path });
    const file = await anna.waitForStanza(/jabber:x:oob/);
    expect(file).toContain('urn:xmpp:sfs:0');
  }

  it('hears that the phone said no', async () => {
    const carol = await signIn('carol');
    const registration = carol.runCommand(gateway.jid, 'jabber:iq:register');
    const user = `carol@${server.domain}`;
    await gateway.waitFor('qr', (event) => event['user'] === user);
    await gateway.network.scan(user, { refusal: 'this phone is full' });
    await expect(registration).rejects.toThrow('not-authorized');
  });

  it('tells no phone messages and asks to be a contact where it has no rights', async () => {
    const user = `ben@${server.domain}`;
    const ben = await signIn('ben');
    const identities = await ben.iq('get', stranger.jid, '<query xmlns="http://jabber.org/protocol/disco#info"/>');
    expect(identities).toContain('type="whatsapp"');
    const { status } = await ben.runCommand(stranger.jid, 'jabber:iq:register', [{ phone: '+372 5555' }, { code: '246810' }]);
    expect(status).toBe('completed');
    await stranger.waitFor('ready', (event) => event['user'] === user);
    await ben.waitFor('subscribe', ({ sender }) => sender === stranger.contactJid('juliet'));
    await stranger.network.write({ user, chat: 'juliet', by: 'me', text: 'typed on the phone' });
    await stranger.network.write({ user, chat: 'juliet', text: 'behind it' });
    await ben.waitForMessage(({ body }) => body === 'behind it');
    expect(ben.events.filter(({ xml }) => String(xml).includes('typed on the phone'))).toHaveLength(0);
  });
});
