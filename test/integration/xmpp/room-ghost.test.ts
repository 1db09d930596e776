// needs: prosody peers
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RemoteConversationId } from '#model';
import { ChaosProxy } from '../../kit/chaos-proxy.ts';
import { until } from '../../kit/until.ts';
import { startProsody, type ProsodyServer, type SlixmppPeer } from '../../lab/index.ts';
import { close, connectPeer, goOnline, outgoing, register, storedMessages, untilOnline } from './account.ts';

/** Lets a room forget an occupant without a word, as after a crash of its service: asked for by a request to the room. */
const forgetfulRooms = `
prosody.events.add_handler("server-started", function ()
  local host = prosody.hosts["muc.xmpp.test"];
  if not host then return end
  host.events.add_handler("iq-set/bare/urn:palomar:lab:forget", function (event)
    local room = host.modules.muc.get_room_from_jid(event.stanza.attr.to);
    local nick = room.jid .. "/" .. event.stanza.tags[1].attr.nick;
    local occupant = room._occupants[nick];
    for real_jid in pairs(occupant.sessions) do room._jid_nick[real_jid] = nil; end
    room._occupants[nick] = nil;
    event.origin.send(require "util.stanza".reply(event.stanza));
    return true;
  end, 1000);
end);
`;

describe.each(['0.12', '13'] as const)('a room on Prosody %s that forgot us', (version) => {
  let server: ProsodyServer;
  let peer: SlixmppPeer;
  beforeAll(async () => {
    server = await startProsody({ version, extraConfig: forgetfulRooms });
    await register(server, 'alice', 'benno');
    peer = await connectPeer(server, 'benno', 'peer');
  });
  afterAll(async () => {
    await peer?.stop();
    await server?.stop();
  });

  it('is entered again, and what was said meanwhile is there once', async () => {
    const proxy = await ChaosProxy.start({ targetPort: server.c2sPort });
    const alice = await goOnline(server, 'alice', { port: proxy.port });
    const room = `plans@muc.${server.domain}`;
    await peer.rooms.join(room, 'Benno');
    await peer.rooms.configure(room, {});
    const id = await alice.session.rooms?.join(room, {});
    await peer.send(room, 'before', { type: 'groupchat' });
    await until(() => storedMessages(alice.host.events).some(({ text }) => text === 'before'));

    await peer.iq('set', room, '<forget xmlns="urn:palomar:lab" nick="alice"/>');
    await peer.send(room, 'meanwhile', { type: 'groupchat' });
    await peer.waitFor('group-message', ({ body }) => body === 'meanwhile');
    expect(storedMessages(alice.host.events).map(({ text }) => text)).not.toContain('meanwhile');

    const onlineCount = alice.host.of('state').filter(({ connection }) => connection === 'online').length;
    proxy.reset();
    await until(() => alice.host.of('state').filter(({ connection }) => connection === 'online').length > onlineCount, { label: 'the session resumed', timeoutMs: 20_000 });
    await untilOnline(alice);
    const heard = () => storedMessages(alice.host.events).filter(({ text }) => text === 'meanwhile');
    await until(() => heard().length > 0, { label: 'what was said meanwhile', timeoutMs: 20_000 });
    await alice.session.send(outgoing(room, randomUUID(), 'back again'));
    await peer.waitFor('group-message', ({ body }) => body === 'back again');
    await peer.send(room, 'welcome', { type: 'groupchat' });
    await until(() => storedMessages(alice.host.events).some(({ text }) => text === 'welcome'));
    expect(heard()).toHaveLength(1);
    expect((await alice.session.rooms?.members(id as RemoteConversationId, false))?.map(({ name }) => name).sort()).toEqual(['Benno', 'alice']);
    await close(alice);
    await proxy.close();
  });
});
