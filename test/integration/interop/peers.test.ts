// needs: prosody peers profanity tools
// servers: any
/**
 * With clients that are not ours: profanity (C, libstrophe) and go-sendxmpp (Go). What slixmpp says and hears is in
 * test/integration/xmpp; a channel behind biboumi in the tests of gateways.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { remoteConversationId, remoteMessageId } from '#model';
import { freshName } from '../../kit/lab.ts';
import { until } from '../../kit/until.ts';
import { sendWithGo, startProfanityPeer, startSlixmppPeer, startXmppServer, type ProfanityPeer, type XmppServer } from '../../lab/index.ts';
import { close, goOnline, outgoing, passwordOf, register, storedMessages, type TestAccount } from '../xmpp/account.ts';

let server: XmppServer;
let ours: TestAccount;
let peer: ProfanityPeer;
let names: { own: string; other: string; third: string };
const bare = (user: string): string => `${user}@${server.domain}`;
const rows = (): ReturnType<typeof storedMessages> => storedMessages(ours.host.events);
const heard = (text: string): Promise<unknown> => ours.host.waitFor('message.upserted', ({ message }) => message.text.trim() === text);
const loginOf = (user: string): { jid: string; password: string; host: string; port: number; caFile: string } => ({
  jid: bare(user),
  password: passwordOf(user),
  host: server.host,
  port: server.c2sPort,
  caFile: server.caFile,
});

beforeAll(async () => {
  server = await startXmppServer();
});
afterAll(() => server.stop());

beforeEach(async () => {
  names = { own: freshName('own'), other: freshName('other'), third: freshName('third') };
  await register(server, ...Object.values(names));
  ours = await goOnline(server, names.own);
  peer = await startProfanityPeer(loginOf(names.other));
});
afterEach(async () => {
  await peer.stop();
  await close(ours);
});

/** Each lets the other see whether they are there, as people do who talk. */
async function befriend(): Promise<void> {
  await peer.type(`/sub request ${ours.jid}`);
  await ours.host.waitFor('conversation.upserted', ({ conversation }) => conversation.membership === 'requested');
  await ours.session.membership?.accept(remoteConversationId(bare(names.other)));
  await peer.waitForText(/subscription|authori[sz]ation/i);
  await peer.type(`/sub allow ${ours.jid}`);
  await ours.host.waitFor('presence', ({ presence }) => presence === 'online');
}

describe('profanity', () => {
  it('hears us and is heard, each word once', async () => {
    await peer.say(ours.jid, 'Tere from the terminal ñ 👋');
    await heard('Tere from the terminal ñ 👋');
    await ours.session.send(outgoing(bare(names.other), 'tx-1', 'Tere back, õäöü'));
    await peer.waitForText(/Tere back, õäöü/);
    expect(rows().map(({ text }) => text.trim())).toEqual(['Tere from the terminal ñ 👋']);
    const shown = await peer.screen();
    expect(shown.split('Tere back, õäöü')).toHaveLength(2);
  });

  it('tells us that our message arrived, and learns it of its own', async () => {
    await peer.type('/receipts send on');
    await peer.type('/receipts request on');
    await befriend();
    await peer.say(ours.jid, 'Did you get it?');
    await heard('Did you get it?');
    // It draws what was not confirmed differently; the wire says it plainly.
    await peer.type('/xmlconsole');
    await peer.type(`/msg ${ours.jid} Once more`);
    await heard('Once more');
    await peer.type('/win xmlconsole');
    await peer.waitForText(/<received [^>]*urn:xmpp:receipts/);
    await ours.session.send(outgoing(bare(names.other), 'tx-2', 'And you?'));
    await ours.host.waitFor('receipt.upserted', ({ kind, target }) => kind === 'delivered' && target === 'tx-2');
  });

  it('shows our correction, and we its own', async () => {
    await peer.type('/correction on');
    await peer.say(ours.jid, 'helo wrld');
    await heard('helo wrld');
    await peer.type('/correct hello world');
    const patched = await ours.host.waitFor('message.patched', ({ patch }) => patch.text === 'hello world');
    expect(patched.conversationId).toBe(bare(names.other));
    const receipt = await ours.session.send(outgoing(bare(names.other), 'tx-3', 'teh answer'));
    await peer.waitForText(/teh answer/);
    const target = { conversationId: remoteConversationId(bare(names.other)), remoteId: receipt.remoteId, alternateId: remoteMessageId('tx-3') };
    await ours.session.edits?.edit(target, 'the answer', 'edit-3');
    await peer.waitForText(/the answer/);
  });
});

const devices = 'eu.siacs.conversations.axolotl.devicelist';

describe('what profanity encrypts (OMEMO)', () => {
  it('is shown as that with its name, and nothing of ours follows in clear', async () => {
    // This program adds itself to a list of devices, and makes none.
    for (const user of [names.own, names.other]) {
      const maker = await startSlixmppPeer(loginOf(user));
      await maker.people.publish(devices, 'current', `<list xmlns="${devices.replace('.devicelist', '')}"/>`, { 'pubsub#access_model': 'open' });
      await maker.stop();
    }
    // Another device of ours that can read it: without one nobody encrypts to us.
    const phone = await startProfanityPeer(loginOf(names.own));
    try {
      for (const one of [phone, peer]) {
        await one.type('/omemo gen');
        await one.waitForText(/materials generated/);
        await one.type('/omemo trustmode blind');
      }
      await befriend();
      await peer.type(`/msg ${ours.jid}`);
      // It asks for keys in its own time, and says what it cannot encrypt yet to nobody: then once more.
      const unreadable = () => ours.host.of('message.upserted').find((event) => event.message.kind === 'unreadable');
      const tryAgain = async () => {
        for (const line of ['/omemo end', `/omemo start ${ours.jid}`, 'For your eyes only']) await peer.type(line);
        return unreadable();
      };
      const { message } = await until(tryAgain, { label: 'an encrypted message', intervalMs: 1_500, timeoutMs: 20_000 });
      expect(message.text).toBe('OMEMO');
      expect(JSON.stringify(ours.host.events)).not.toContain('For your eyes only');
      const chat = remoteConversationId(bare(names.other));
      expect(ours.session.capabilities(chat)).toMatchObject({ canSend: false, sendBlockedBy: 'encrypted' });
      await expect(ours.session.send(outgoing(chat, 'tx-clear', 'in clear'))).rejects.toMatchObject({ fault: { code: 'encrypted-conversation' } });
      await phone.type('/win 2');
      await phone.waitForText(/For your eyes only/);
    } finally {
      await phone.stop();
    }
  });
});

describe('one room, four programs', () => {
  it('everybody reads everybody, once', async () => {
    const room = `${freshName('room')}@muc.${server.domain}`;
    await ours.session.directory?.startConversation(room);
    await peer.type(`/join ${room} nick terminal`);
    await peer.waitForText(/You have joined the room|-> You|terminal/);
    const snake = await startSlixmppPeer(loginOf(names.third));
    try {
      await snake.rooms.join(room, 'snake');
      await ours.session.send(outgoing(room, 'tx-room', 'From Palomar'));
      await peer.waitForText(/From Palomar/);
      await snake.waitFor('group-message', ({ body }) => body === 'From Palomar');
      await peer.type('From profanity');
      await heard('From profanity');
      await snake.send(room, 'From slixmpp', { type: 'groupchat' });
      await heard('From slixmpp');
      await peer.waitForText(/From slixmpp/);
      await sendWithGo({ ...loginOf(names.third), to: room, text: 'From Go', asOccupant: 'gopher' });
      await heard('From Go');
      await peer.waitForText(/From Go/);
      await until(() => rows().filter(({ text }) => text.startsWith('From ')).length === 4, { label: 'four messages' });
      expect(rows().filter(({ text }) => text.startsWith('From ')).map(({ text }) => text.trim())).toEqual(['From Palomar', 'From profanity', 'From slixmpp', 'From Go']);
    } finally {
      await snake.stop();
    }
  });
});

describe('go-sendxmpp', () => {
  it('is heard once, whether we are there or come later', async () => {
    await sendWithGo({ ...loginOf(names.third), to: ours.jid, text: 'Backup finished: 0 errors' });
    await heard('Backup finished: 0 errors');
    const { savedState } = ours.host;
    await close(ours);
    await sendWithGo({ ...loginOf(names.third), to: bare(names.own), text: 'Backup failed' });
    ours = await goOnline(server, names.own, { savedState });
    await heard('Backup failed');
    expect(rows().map(({ text }) => text.trim())).toEqual(['Backup failed']);
  });
});
