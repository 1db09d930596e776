// needs: prosody peers tools
// servers: any
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { remoteConversationId, remoteMessageId } from '#model';
import { until } from '../../kit/until.ts';
import { startXmppServer, type XmppServer, type SlixmppPeer } from '../../lab/index.ts';
import { close, connectPeer, goOnline, openAccount, outgoing, storedMessages, untilOnline, twoPeople, type TestAccount } from './account.ts';

let server: XmppServer;
let alice: TestAccount;
let peer: SlixmppPeer;
let names: { own: string; other: string };

beforeAll(async () => {
  server = await startXmppServer();
});
afterAll(() => server.stop());

const slixmpp = (user: string, resource: string): Promise<SlixmppPeer> => connectPeer(server, user, resource);

beforeEach(async () => {
  ({ names, alice, peer } = await twoPeople(server));
});
afterEach(async () => {
  await peer.stop();
  await close(alice);
});

const bare = (user: string): string => `${user}@${server.domain}`;
const rows = () => storedMessages(alice.host.events);

/** Makes the two contacts of each other, as two people do. */
async function befriend(): Promise<void> {
  await peer.subscribe(alice.jid);
  const isAsked = ({ conversation }: { conversation: { membership: string } }): boolean => conversation.membership === 'requested';
  await alice.host.waitFor('conversation.upserted', isAsked);
  await alice.session.membership?.accept(remoteConversationId(bare(names.other)));
  await alice.host.waitFor('presence', ({ presence }) => presence === 'online');
}

describe('with a client that is not ours', () => {
  it('a message arrives once, live, as a carbon and from the archive', async () => {
    const phone = await slixmpp(names.own, 'phone');
    await phone.send(bare(names.other), 'typed on the phone');
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'typed on the phone');
    await peer.send(alice.jid, 'an answer');
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'an answer');
    await alice.session.send(outgoing(bare(names.other), 'tx-own', 'ours'));
    await alice.session.stop();

    // A second computer, and this one after a restart, see the same three.
    for (const savedState of [null, alice.host.savedState]) {
      const again = await goOnline(server, names.own, { savedState });
      const all = storedMessages([...alice.host.events, ...again.host.events]);
      const ours = all.find(({ text }) => text === 'ours');
      // Ours stands in the store since it was written; the archive's copy comes only where it was not passed by.
      if (savedState === null) expect(ours).toBeDefined();
      if (ours !== undefined) expect(ours).toMatchObject({ transactionId: 'tx-own', isOwn: true });
      const others = all.filter((message) => message !== ours);
      expect(others.map(({ text, isOwn }) => `${isOwn} ${text}`).sort()).toEqual(['false an answer', 'true typed on the phone']);
      await close(again);
    }
    await phone.stop();
  });

  it('delivery and reading are told', async () => {
    await befriend();
    await alice.session.send(outgoing(bare(names.other), 'tx-1', 'did you get it?'));
    await peer.waitForMessage((event) => event['body'] === 'did you get it?');
    const receipt = await alice.host.waitFor('receipt.upserted');
    expect(receipt).toMatchObject({ target: 'tx-1', kind: 'delivered', conversationId: bare(names.other) });

    await peer.sendRaw(
      `<message to="${alice.jid}" type="chat" id="m1"><displayed xmlns="urn:xmpp:chat-markers:0" id="tx-1"/></message>`,
    );
    await alice.host.waitFor('receipt.upserted', ({ kind, scope }) => kind === 'read' && scope === 'upTo');

    await peer.send(alice.jid, 'and this?', { receipt: true });
    await peer.waitFor('receipt');
  });

  it('delivery is told of what came while we were away, once', async () => {
    await befriend();
    await alice.session.stop();
    const missed = await Promise.all(['one', 'two'].map((text) => peer.send(alice.jid, text, { receipt: true })));
    const again = await goOnline(server, names.own, { savedState: alice.host.savedState });
    await again.session.send(outgoing(bare(names.other), 'tx-back', 'back'));
    await peer.waitForMessage((event) => event['body'] === 'back');
    // The server hands out in order what it was given in order, so every receipt stands before that message.
    const receipts = peer.events.filter(({ event }) => event === 'receipt');
    expect(receipts.map((event) => event['id'])).toEqual(missed);
    await close(again);
  });

  it('a stranger learns nothing of our presence', async () => {
    await peer.send(alice.jid, 'anybody there?', { receipt: true });
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'anybody there?');
    await alice.session.typing?.setTyping(remoteConversationId(bare(names.other)), true);
    // Something that must be answered comes back behind anything else that was sent.
    await alice.session.send(outgoing(bare(names.other), 'tx-mark', 'mark'));
    await peer.waitForMessage((event) => event['body'] === 'mark');
    expect(peer.events.filter(({ event }) => event === 'receipt')).toHaveLength(0);
    expect(peer.events.filter((event) => event['state'] === 'composing')).toHaveLength(0);
  });

  it('typing is told to contacts, both ways', async () => {
    await befriend();
    await alice.session.typing?.setTyping(remoteConversationId(bare(names.other)), true);
    await peer.waitFor('chat-state', (event) => event['state'] === 'composing');
    await peer.sendChatState(alice.jid, 'composing');
    await alice.host.waitFor('typing', ({ isTyping }) => isTyping);
  });

  it('corrections go both ways, with their author', async () => {
    const id = await peer.send(alice.jid, 'teh text');
    await peer.send(alice.jid, 'the text', { replaces: id });
    const patched = await alice.host.waitFor('message.patched');
    expect(patched).toMatchObject({ target: id, by: bare(names.other), patch: { text: 'the text' } });

    await alice.session.send(outgoing(bare(names.other), 'tx-2', 'rong'));
    const conversationId = remoteConversationId(bare(names.other));
    const target = { conversationId, remoteId: remoteMessageId('x'), alternateId: remoteMessageId('tx-2') };
    await alice.session.edits?.edit(target, 'right', 'tx-3');
    const edited = await peer.waitForMessage((event) => event['body'] === 'right');
    expect(edited['replaces']).toBe('tx-2');
  });

  it('its raw attacks are noted and change nothing', async () => {
    const forwarded =
      `<forwarded xmlns="urn:xmpp:forward:0"><message xmlns="jabber:client" from="${bare(names.other)}"` +
      ` to="${alice.jid}" type="chat" id="z"><body>forged</body></message></forwarded>`;
    await peer.sendRaw(`<message to="${alice.jid}"><received xmlns="urn:xmpp:carbons:2">${forwarded}</received></message>`);
    await peer.sendRaw(`<message to="${alice.jid}"><result xmlns="urn:xmpp:mam:2" queryid="q" id="1">${forwarded}</result></message>`);
    await alice.host.waitFor('security', ({ rule }) => rule === 'carbon-spoof');
    await alice.host.waitFor('security', ({ rule }) => rule === 'archive-spoof');
    await peer.send(alice.jid, 'honest');
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'honest');
    expect(rows().map(({ text }) => text)).toEqual(['honest']);
  });

  it('a message to nobody comes back as failed', async () => {
    await alice.session.send(outgoing(`nobody@${server.domain}`, 'tx-lost', 'hello?'));
    const failure = await alice.host.waitFor('message.delivery');
    expect(failure).toMatchObject({ transactionId: 'tx-lost', delivery: 'failed', fault: { code: 'rejected' } });
  });

  it('an encrypted message is shown as such, and not answered in clear', async () => {
    await peer.sendRaw(
      `<message to="${alice.jid}" type="chat" id="e1"><encrypted xmlns="eu.siacs.conversations.axolotl"><header sid="1"/>` +
        `<payload>AAAA</payload></encrypted><store xmlns="urn:xmpp:hints"/></message>`,
    );
    const { message } = await alice.host.waitFor('message.upserted');
    expect(message).toMatchObject({ kind: 'unreadable', text: 'OMEMO' });
    expect(alice.session.capabilities(message.conversationId)).toMatchObject({ canSend: false, sendBlockedBy: 'encrypted' });
    const attempt = alice.session.send(outgoing(bare(names.other), 'tx-clear', 'in clear'));
    await expect(attempt).rejects.toMatchObject({ fault: { code: 'encrypted-conversation' } });
  });
});

describe('the same transaction', () => {
  it('is one message, however often it is sent', async () => {
    const message = outgoing(bare(names.other), 'tx-once', 'only once');
    await Promise.all([alice.session.send(message), alice.session.send(message)]);
    await alice.session.send(message);
    await alice.session.stop();
    const again = await goOnline(server, names.own, { savedState: alice.host.savedState });
    await again.session.send(message);
    await again.session.send(outgoing(bare(names.other), 'tx-end', 'end'));
    await peer.waitForMessage((event) => event['body'] === 'end');
    expect(peer.events.filter((event) => event['body'] === 'only once')).toHaveLength(1);
    await close(again);
  });
});

describe('a message that comes between the archive and our presence', () => {
  it('is not lost, though no device of ours was there to get it', async () => {
    await alice.session.stop();
    const bob = await goOnline(server, names.other);
    await bob.session.send(outgoing(alice.jid, 'tx-archived', 'in the archive'));

    const again = openAccount(server, names.own, { savedState: alice.host.savedState });
    const { emit } = again.host;
    let isSent = false;
    const emitAndWrite: typeof emit = async (events, state) => {
      const isArchive = events.some((event) => event.type === 'message.upserted' && event.message.text === 'in the archive');
      // The archive has answered, and we have not said that we are there: Bob writes exactly now.
      if (isArchive && !isSent) {
        isSent = true;
        await bob.session.send(outgoing(alice.jid, 'tx-between', 'in between'));
      }
      await emit(events, state);
    };
    Object.assign(again.host, { emit: emitAndWrite });
    await again.session.start();
    await untilOnline(again);
    await again.host.waitFor('message.upserted', ({ message }) => message.text === 'in between');
    expect(storedMessages(again.host.events).map(({ text }) => text)).toEqual(['in the archive', 'in between']);
    await close(again);
    await close(bob);
  });
});

describe('a store that is slow or refuses', () => {
  it('is waited for before the server is told', async () => {
    alice.host.hold();
    await peer.send(alice.jid, 'not stored yet');
    // The server gets its answer to everything else, but the message stays unacknowledged: a cut brings it again.
    await until(() => alice.host.of('message.upserted').length === 0);
    alice.host.release();
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'not stored yet');
  });

  it('makes the message come again', async () => {
    alice.host.failNext(new Error('disk full'));
    await peer.send(alice.jid, 'refused once');
    await alice.host.waitFor('state', ({ connection, fault }) => connection === 'offline' && fault?.detail === 'disk full');
    await untilOnline(alice);
    await until(() => rows().some(({ text }) => text === 'refused once'));
    expect(rows()).toHaveLength(1);
  });
});
