// needs: prosody peers profanity tools
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshName, sharedLab } from '../../kit/lab.ts';
import { sendWithGo, startProfanityPeer, startSlixmppPeer } from '../../lab/index.ts';
import { close, goOnline, outgoing, passwordOf, register } from '../xmpp/account.ts';

const lab = sharedLab();

describe('other clients', () => {
  it('profanity and we understand each other', async () => {
    const server = await lab.prosody();
    const [own, other] = [freshName('anna'), freshName('ben')];
    await register(server, own, other);
    const anna = await goOnline(server, own);
    onTestFinished(() => close(anna));
    const jid = `${other}@${server.domain}`;
    const ben = await startProfanityPeer({ jid, password: passwordOf(other), host: server.host, port: server.c2sPort });
    onTestFinished(() => ben.stop());
    await ben.say(anna.jid, 'tere from profanity ✓');
    await anna.host.waitFor('message.upserted', ({ message }) => message.text === 'tere from profanity ✓');
    await anna.session.send(outgoing(jid, 'tx-1', '¿qué tal?'));
    await ben.waitForText(/¿qué tal\?/);
  });

  it('go-sendxmpp reaches us, alone and in a room', async () => {
    const server = await lab.prosody();
    const [own, other] = [freshName('anna'), freshName('ben')];
    await register(server, own, other);
    const anna = await goOnline(server, own);
    onTestFinished(() => close(anna));
    const place = { host: server.host, port: server.c2sPort, caFile: server.caFile };
    const ben = { ...place, jid: `${other}@${server.domain}`, password: passwordOf(other) };
    await sendWithGo({ ...ben, to: anna.jid, text: 'one shot ✓' });
    await anna.host.waitFor('message.upserted', ({ message }) => message.text.trim() === 'one shot ✓');
    const room = `${freshName('room')}@muc.${server.domain}`;
    const peer = await startSlixmppPeer({ ...place, jid: anna.jid, password: passwordOf(own) });
    onTestFinished(() => peer.stop());
    await peer.rooms.join(room, 'anna');
    await peer.rooms.configure(room, { 'muc#roomconfig_roomname': 'Lab' });
    await sendWithGo({ ...ben, to: room, text: 'to the room', asOccupant: 'ben' });
    const seen = await peer.waitFor('group-message', ({ nick }) => nick === 'ben');
    expect(String(seen['body']).trim()).toBe('to the room');
  });
});
