// needs: prosody peers
// servers: any
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RoomAbility } from '#bridge';
import { remoteConversationId } from '#model';
import { until } from '../../kit/until.ts';
import { startXmppServer, type SlixmppPeer, type XmppServer } from '../../lab/index.ts';
import { close, outgoing, storedMessages, twoPeople, type TestAccount } from './account.ts';

let server: XmppServer;
let alice: TestAccount;
let peer: SlixmppPeer;
let names: { own: string; other: string };

beforeAll(async () => {
  server = await startXmppServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  ({ names, alice, peer } = await twoPeople(server));
});
afterEach(async () => {
  await peer.stop();
  await close(alice);
});

const desk = (): RoomAbility => {
  const { rooms } = alice.session;
  if (rooms === undefined) throw new Error('no rooms');
  return rooms;
};
const rowNamed = (text: string) => until(() => storedMessages(alice.host.events).find((message) => message.text === text));

describe('in a room that only members enter', () => {
  it('marks go both ways, where they were asked for and wanted; who is named is called', async () => {
    const id = await desk().create({ name: 'Pläne', isPublic: false, isMembersOnly: true, invite: [] });
    await desk().setRank(id, { address: `${names.other}@${server.domain}` }, 'member', '');
    await peer.rooms.join(id, 'Benno');
    await until(async () => (await desk().members(id, false)).some(({ name, isPresent }) => name === 'Benno' && isPresent));
    expect(alice.session.capabilities(id).showsRead).toBe(true);

    await peer.send(id, 'not asked', { type: 'groupchat' });
    await peer.send(id, 'asked', { type: 'groupchat', markable: true });
    const [plain, asked] = [await rowNamed('not asked'), await rowNamed('asked')];
    await alice.session.receipts?.markRead(plain, true, true);
    await alice.session.receipts?.markRead(asked, true, false);
    await alice.session.receipts?.markRead(asked, true, true);
    await peer.waitForStanza(/<displayed/);
    const marks = peer.events.filter((event) => event['event'] === 'stanza' && /<displayed/.test(String(event['xml'])));
    expect(marks).toHaveLength(1);
    expect(JSON.stringify(marks)).toContain(asked.remoteId.slice(id.length + 1));

    const personId = (await desk().members(id, false)).find(({ name }) => name === 'Benno')?.personId;
    if (personId === undefined || personId === null) throw new Error('nobody');
    await alice.session.send({ ...outgoing(id, 'tx-named', 'Benno: look'), mentions: [{ personId, start: 0, end: 5 }] });
    await peer.waitForStanza(/<reference[^>]*Benno/);
    const own = await until(() => storedMessages(alice.host.events).find(({ text, remoteId }) => text === 'Benno: look' && remoteId.startsWith(`${id}/`)));
    await peer.mark(id, own.remoteId.slice(id.length + 1), 'displayed', 'groupchat');
    await alice.host.waitFor('receipt.upserted', ({ target, kind, conversationId }) => target === own.remoteId && kind === 'read' && conversationId === id);
  });
});

describe('between two people', () => {
  it('a message goes out hidden and timed, and its correction stays hidden', async () => {
    const to = `${names.other}@${server.domain}`;
    const { remoteId, alternateId } = await alice.session.send({ ...outgoing(to, 'tx-hidden', 'The butler'), hints: { spoiler: 'the end', lifetimeMs: 3_600_000 } });
    await peer.waitForStanza(/<spoiler[^>]*>the end<\/spoiler>/);
    await peer.waitForStanza(/timer="3600"/);
    await alice.session.edits?.edit({ conversationId: remoteConversationId(to), remoteId, alternateId }, 'The gardener', 'tx-better', { spoiler: 'the end' });
    await peer.waitForStanza(/^(?=[\s\S]*The gardener)[\s\S]*<spoiler/);
  });

  it('a sticker that came along is a file at once', async () => {
    const bytes = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
    const cid = `sha1+${createHash('sha1').update(bytes).digest('hex')}@bob.xmpp.org`;
    await peer.send(alice.jid, ':wave:', {
      xml:
        `<html xmlns="http://jabber.org/protocol/xhtml-im"><body xmlns="http://www.w3.org/1999/xhtml"><img src="cid:${cid}" alt=":wave:"/></body></html>` +
        `<data xmlns="urn:xmpp:bob" cid="${cid}" type="image/png">${bytes.toString('base64')}</data>`,
    });
    const { attachments = [] } = await rowNamed(':wave:');
    const [sticker] = attachments;
    if (sticker === undefined) throw new Error('no sticker');
    const dir = await mkdtemp(join(tmpdir(), 'sticker-'));
    await alice.session.attachments?.download(sticker, join(dir, 'it.png'), 10_000, AbortSignal.timeout(10_000));
    expect(await readFile(join(dir, 'it.png'))).toEqual(bytes);
    await rm(dir, { recursive: true });
  });
});
