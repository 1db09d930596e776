// needs: prosody ejabberd peers tools
/** Small extensions that only a real server can prove: what is kept, who was there when, sealed files, limits of a stream. */
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { remoteConversationId, remotePersonId } from '#model';
import { freshName, sharedLab } from '../../kit/lab.ts';
import { until } from '../../kit/until.ts';
import type { SlixmppPeer, XmppPlace } from '../../lab/index.ts';
import { askAdminShell } from '../../lab/prosody/admin-shell.ts';
import { close, connectPeer, goOnline, outgoing, register, type TestAccount } from './account.ts';

const versions = ['0.12', '13', 'ejabberd'] as const;
type Version = (typeof versions)[number];
const serverOf = (version: Version) => (version === 'ejabberd' ? sharedLab().ejabberd() : sharedLab().prosody(version));
const signal = (): AbortSignal => AbortSignal.timeout(15_000);

async function two(version: Version): Promise<{ server: XmppPlace; alice: TestAccount; peer: SlixmppPeer; bob: string }> {
  const server = await serverOf(version);
  const [own, other] = [freshName('own'), freshName('other')];
  await register(server, own, other);
  const alice = await goOnline(server, own);
  onTestFinished(() => close(alice));
  const peer = await connectPeer(server, other, 'peer');
  onTestFinished(() => peer.stop());
  return { server, alice, peer, bob: `${other}@${server.domain}` };
}

/** The two see each other. */
async function befriend({ alice, peer, bob }: { alice: TestAccount; peer: SlixmppPeer; bob: string }): Promise<void> {
  await alice.session.contacts?.save(bob, { name: 'Bob', groups: [] }, true);
  await peer.waitFor('subscribe', ({ sender }) => String(sender).startsWith(alice.jid));
  await peer.people.answerSubscription(alice.jid, true);
  await peer.subscribe(alice.jid);
  await alice.host.waitFor('contact.upserted', ({ contact }) => contact.personId === bob && contact.bond === 'mutual');
  await alice.host.waitFor('presence', ({ personId, presence }) => personId === bob && presence === 'online');
}

/** Puts bytes on the server as the peer's program would (XEP-0363). @returns where they lie */
async function upload(server: XmppPlace, peer: SlixmppPeer, bytes: Buffer): Promise<string> {
  const wish = `<request xmlns="urn:xmpp:http:upload:0" filename="sealed.bin" size="${bytes.length}" content-type="application/octet-stream"/>`;
  const slot = await peer.iq('get', `upload.${server.domain}`, wish);
  const addressIn = (name: string): string => new RegExp(`<${name} url="([^"]+)"`).exec(slot)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const authorization = /<header name="Authorization">([^<]*)/i.exec(slot)?.[1];
  const status = await new Promise((resolve, reject) => {
    const headers = { 'content-length': bytes.length, 'content-type': 'application/octet-stream', ...(authorization === undefined ? {} : { authorization }) };
    request(addressIn('put'), { method: 'PUT', ca: server.caPem, headers }, ({ statusCode }) => resolve(statusCode)).on('error', reject).end(bytes);
  });
  expect(status).toBe(201);
  return addressIn('get');
}

describe.each(versions)('on %s', (version) => {
  it('when somebody was last there is asked of the server (XEP-0012)', async () => {
    const stage = await two(version);
    const { alice, peer, bob } = stage;
    await befriend(stage);
    const whenHere = await alice.session.profiles?.lastActivity?.(remotePersonId(bob), signal());
    expect(Math.abs(Date.now() - (whenHere?.atMs ?? 0))).toBeLessThan(10_000);
    await peer.stop();
    await alice.host.waitFor('presence', ({ personId, presence }) => personId === bob && presence === 'offline');
    const last = await alice.session.profiles?.lastActivity?.(remotePersonId(bob), signal());
    expect(Math.abs(Date.now() - (last?.atMs ?? 0))).toBeLessThan(10_000);
  });

  it('a farewell says since when somebody is away (XEP-0256)', async () => {
    const stage = await two(version);
    await befriend(stage);
    const { alice, peer, bob } = stage;
    await peer.sendRaw(`<presence type="unavailable" to="${alice.jid}"><status>Gone fishing</status><query xmlns="jabber:iq:last" seconds="3600"/></presence>`);
    const { lastSeenMs, presence } = await alice.host.waitFor('presence', ({ personId, statusText }) => personId === bob && statusText === 'Gone fishing');
    expect(presence).toBe('offline');
    expect(Math.abs(Date.now() - 3_600_000 - (lastSeenMs ?? 0))).toBeLessThan(20_000);
  });

  it('while nobody looks the server keeps to itself what can wait, and messages come at once (XEP-0352)', async () => {
    const stage = await two(version);
    await befriend(stage);
    const { server, alice, peer, bob } = stage;
    // Another device of ours, at which somebody looks.
    const second = await connectPeer(server, alice.jid.split('@')[0] ?? '', 'second');
    onTestFinished(() => second.stop());
    const isAway = (text: string) => ({ personId, statusText }: { personId: string; statusText?: string | null | undefined }): boolean => personId === bob && statusText === text;
    alice.session.setActive?.(false);
    // Prosody 0.12 lets go what it holds with every byte of ours, and an acknowledgement may still be on its way.
    let round = 0;
    const isHeld = async (): Promise<boolean> => {
      const text = `At lunch ${(round += 1)}`;
      await peer.people.setPresence({ show: 'away', status: text });
      await second.waitForStanza(new RegExp(`${text}<`, 'u'));
      // By the time of this answer it would have come here, too.
      await second.sendRaw(`<iq type="get" id="after-${round}"><ping xmlns="urn:xmpp:ping"/></iq>`);
      await second.waitForStanza(new RegExp(`after-${round}['"]`, 'u'));
      return !alice.host.of('presence').some(isAway(text));
    };
    await until(isHeld, { label: 'presence that is kept back', timeoutMs: 20_000 });
    await peer.send(alice.jid, 'Something new');
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'Something new');
    await peer.people.setPresence({ show: 'away', status: 'Still at lunch' });
    await second.waitForStanza(/Still at lunch/);
    alice.session.setActive?.(true);
    await alice.host.waitFor('presence', isAway('Still at lunch'));
  });

  it('the archive keeps what we ask it to keep, and not that we typed (XEP-0334)', async () => {
    const stage = await two(version);
    await befriend(stage);
    const { alice, peer, bob } = stage;
    const chat = remoteConversationId(bob);
    const id = await peer.send(alice.jid, 'Do you agree?');
    const { message } = await alice.host.waitFor('message.upserted', (event) => event.message.text === 'Do you agree?');
    await alice.session.typing?.setTyping(chat, true);
    await peer.waitForStanza(/<composing/);
    await alice.session.reactions?.react(message, ['👍'], 'tx-thumb');
    await peer.waitFor('reactions', ({ id: target }) => target === id || target === undefined);
    await alice.session.send(outgoing(bob, 'tx-last', 'I do'));
    await peer.waitForMessage(({ body }) => body === 'I do');
    await peer.iq('set', null, '<query xmlns="urn:xmpp:mam:2" queryid="all"/>');
    await peer.waitForStanza(/queryid="all"[\s\S]*I do/);
    const kept = peer.events.flatMap(({ event, xml }) => (event === 'stanza' && String(xml).includes('queryid="all"') ? [String(xml)] : [])).join('\n');
    expect(kept).toContain('👍');
    expect(kept).not.toContain('<composing');
  });

  it.each(['XEP-0454', 'XEP-0448'])('a file that was sealed before its upload opens, and no other does (%s)', async (kind) => {
    const { server, alice, peer } = await two(version);
    const [key, iv, plain] = [randomBytes(32), randomBytes(12), randomBytes(100_000)];
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    const send = async (url: string): Promise<void> => {
      if (kind === 'XEP-0454') return void (await peer.send(alice.jid, `${url.replace('https://', 'aesgcm://')}#${iv.toString('hex')}${key.toString('hex')}`));
      const sources = `<sources xmlns="urn:xmpp:sfs:0"><url-data xmlns="http://jabber.org/protocol/url-data" target="${url}"/></sources>`;
      const secret = `<key>${key.toString('base64')}</key><iv>${iv.toString('base64')}</iv>`;
      const encrypted = `<encrypted xmlns="urn:xmpp:esfs:0" cipher="urn:xmpp:ciphers:aes-256-gcm-nopadding:0">${secret}${sources}</encrypted>`;
      const file = `<file xmlns="urn:xmpp:file:metadata:0"><name>plan.bin</name><media-type>application/octet-stream</media-type><size>${plain.length}</size></file>`;
      await peer.send(alice.jid, '', { xml: `<file-sharing xmlns="urn:xmpp:sfs:0" disposition="attachment">${file}<sources>${encrypted}</sources></file-sharing>` });
    };
    const received = async (bytes: Buffer, name: string): Promise<string> => {
      const before = alice.host.of('message.upserted').length;
      await send(await upload(server, peer, bytes));
      const { message } = await alice.host.waitFor('message.upserted', (event) => event.message.attachments !== undefined && alice.host.of('message.upserted').indexOf(event) >= before);
      const [file] = message.attachments ?? [];
      const path = join(alice.host.dataDir, name);
      if (file) await alice.session.attachments?.download(file, path, 1_000_000, signal());
      return path;
    };
    expect(createHash('sha256').update(readFileSync(await received(sealed, 'whole'))).digest('hex')).toBe(createHash('sha256').update(plain).digest('hex'));
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(500) ^ 1, 500);
    await expect(received(changed, 'changed')).rejects.toMatchObject({ fault: { code: 'file-damaged' } });
  });
});

describe.each(versions)('titles in a room (XEP-0317) of %s', (version) => {
  const oldHats = 'xmpp:prosody.im/protocol/hats:1';
  const claim = (namespace: string, title: string): string => `<hats xmlns="${namespace}"><hat uri="x" title="${title}"/></hats>`;

  /** The room gives its owner a title, as whoever keeps that server does it. */
  async function giveTitle(server: XmppPlace, peer: SlixmppPeer, room: string, owner: string): Promise<void> {
    if (version === 'ejabberd') {
      const node = 'http://prosody.im/protocol/hats#add';
      const command = (rest: string): Promise<string> => peer.iq('set', room, `<command xmlns="http://jabber.org/protocol/commands" node="${node}" ${rest}`);
      const session = /sessionid="([^"]+)"/.exec(await command('action="execute"/>'))?.[1];
      const fields = { jid: owner, hat_title: 'Caretaker', hat_uri: 'urn:palomar:caretaker' };
      const answers = Object.entries(fields).map(([name, value]) => `<field var="${name}"><value>${value}</value></field>`);
      await command(`action="complete" sessionid="${session}"><x xmlns="jabber:x:data" type="submit">${answers.join('')}</x></command>`);
      return;
    }
    const hat = '{ hats = { ["urn:palomar:caretaker"] = { active = true, title = "Caretaker" } } }';
    const inRoom = `hosts["muc.${server.domain}"].modules.muc.get_room_from_jid("${room}")`;
    await askAdminShell(server.dir, `>${inRoom}:set_affiliation(true, "${owner}", "owner", nil, ${hat})`);
  }

  it('are those that it gave, and nobody gives them to themselves', async () => {
    const { server, alice, peer, bob } = await two(version);
    const mallory = freshName('mallory');
    await register(server, mallory);
    const forger = await connectPeer(server, mallory, 'peer');
    onTestFinished(() => forger.stop());
    const room = `${freshName('room')}@muc.${server.domain}`;
    await peer.rooms.join(room, 'Bob');
    await peer.rooms.configure(room, version === 'ejabberd' ? { enable_hats: true } : {});
    await giveTitle(server, peer, room, bob);
    await forger.rooms.join(room, 'Mallory');
    await forger.sendRaw(`<presence to="${room}/Mallory"><show>chat</show>${claim('urn:xmpp:hats:0', 'Owner of it all')}${claim(oldHats, 'Owner of it all')}</presence>`);
    await peer.waitForStanza(/<show>chat/);
    await alice.session.rooms?.join(room, {});
    const members = await alice.session.rooms?.members(remoteConversationId(room), false);
    const titles = Object.fromEntries((members ?? []).filter(({ isPresent }) => isPresent).map(({ name, titles: worn }) => [name, worn]));
    expect(titles).toMatchObject({ Bob: ['Caretaker'], Mallory: [] });
    await peer.send(room, 'Obey', { type: 'groupchat' });
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'Obey');
    expect(JSON.stringify(alice.host.events)).not.toContain('Owner of it all');
  });
});

it('what is larger than Prosody 13 takes is refused before it goes out, and the session lives on (XEP-0478)', async () => {
  const { alice, peer, bob } = await two('13');
  const states = alice.host.of('state').length;
  await expect(alice.session.send(outgoing(bob, 'tx-huge', 'x'.repeat(300 * 1024)))).rejects.toMatchObject({ fault: { code: 'too-large', limitBytes: 256 * 1024 } });
  await alice.session.send(outgoing(bob, 'tx-small', 'small enough'));
  await peer.waitForMessage(({ body }) => body === 'small enough');
  expect(alice.host.of('state')).toHaveLength(states);
});
