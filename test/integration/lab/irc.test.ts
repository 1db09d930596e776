// needs: prosody peers gateways tools
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBiboumi, startIrcPeer, startNgircd, startProsody, startSlixmppPeer } from '../../lab/index.ts';
import type { BiboumiGateway, IrcPeer, NgircdServer, ProsodyServer, SlixmppPeer } from '../../lab/index.ts';

let server: ProsodyServer;
let irc: NgircdServer;
let gateway: BiboumiGateway;
let ben: IrcPeer;
let anna: SlixmppPeer;

beforeAll(async () => {
  [server, irc] = await Promise.all([startProsody({ components: ['irc'] }), startNgircd()]);
  gateway = await startBiboumi(server);
  await server.register('anna', 'secret');
  await gateway.allow(irc, 'anna', 'secret');
  const place = { host: server.host, port: server.c2sPort, caFile: server.caFile };
  anna = await startSlixmppPeer({ ...place, jid: `anna@${server.domain}`, password: 'secret' });
  ben = await startIrcPeer({ host: irc.host, port: irc.port, nick: 'ben' });
});
afterAll(async () => {
  await anna.stop();
  await ben.stop();
  await gateway.stop();
  await Promise.all([irc.stop(), server.stop()]);
});

describe('IRC behind biboumi', () => {
  it('carries a channel, people and their changes both ways', async () => {
    const room = gateway.channelJid(irc, '#lab');
    await ben.join('#lab');
    const { occupants } = await anna.rooms.join(room, 'anna');
    expect(occupants.map((nick) => nick.replace('@', ''))).toContain('ben');
    await ben.waitForLine(/^:anna!\S+ JOIN :?#lab$/);

    await anna.send(room, 'tere, IRC', { type: 'groupchat' });
    expect(await ben.waitForText('anna', '#lab')).toBe('tere, IRC');
    ben.say('#lab', '¿qué tal?');
    await anna.waitFor('group-message', ({ nick, body }) => nick === 'ben' && body === '¿qué tal?');
    ben.act('#lab', 'waves');
    await anna.waitFor('group-message', ({ body }) => body === '/me waves');
    ben.setTopic('#lab', 'autumn');
    await anna.waitFor('subject', ({ subject }) => subject === 'autumn');

    await anna.send(gateway.personJid(irc, 'ben'), 'for you only');
    expect(await ben.waitForText('anna', 'ben')).toBe('for you only');
    await ben.setNick('benny');
    await anna.waitFor('occupant', ({ nick }) => nick === 'benny');
    ben.part('#lab');
    await anna.waitFor('occupant', ({ nick, type }) => nick === 'benny' && type === 'unavailable');
  });
});
