// needs: prosody ejabberd peers tools
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { remoteConversationId, remotePersonId } from '#model';
import { drawPng } from '../../kit/draw-png.ts';
import { freshName, sharedLab } from '../../kit/lab.ts';
import { until } from '../../kit/until.ts';
import type { SlixmppPeer } from '../../lab/index.ts';
import { close, connectPeer, goOnline, outgoing, register, type TestAccount } from './account.ts';

type Version = '0.12' | '13' | 'ejabberd';
const serverOf = (version: Version) => (version === 'ejabberd' ? sharedLab().ejabberd() : sharedLab().prosody(version));

const signal = (): AbortSignal => AbortSignal.timeout(15_000);

/** An account of ours and a client that is not, on one server. */
async function two(version: Version): Promise<{ alice: TestAccount; peer: SlixmppPeer; bob: string; another(): Promise<SlixmppPeer> }> {
  const server = await serverOf(version);
  const [own, other] = [freshName('own'), freshName('other')];
  await register(server, own, other);
  const start = async (user: string, resource: string): Promise<SlixmppPeer> => {
    const started = await connectPeer(server, user, resource);
    onTestFinished(() => started.stop());
    return started;
  };
  const alice = await goOnline(server, own);
  onTestFinished(() => close(alice));
  return { alice, peer: await start(other, 'peer'), bob: `${other}@${server.domain}`, another: () => start(own, 'phone') };
}

/** The two see each other. */
async function befriend({ alice, peer, bob }: { alice: TestAccount; peer: SlixmppPeer; bob: string }): Promise<void> {
  await alice.session.contacts?.save(bob, { name: 'Bob', groups: ['Sales'] }, true);
  await peer.waitFor('subscribe', ({ sender }) => String(sender).startsWith(alice.jid));
  await peer.people.answerSubscription(alice.jid, true);
  await peer.subscribe(alice.jid);
  await alice.host.waitFor('contact.upserted', ({ contact }) => contact.personId === bob && contact.bond === 'mutual');
}

const presenceOf = (account: TestAccount, jid: string) => account.host.of('presence').findLast(({ personId }) => personId === jid);

describe.each(['0.12', '13', 'ejabberd'] as const)('on %s', (version) => {
  it('a request is a request: with name and words, accepted both ways, or declined', async () => {
    const { alice, peer, bob } = await two(version);
    await peer.sendRaw(
      `<presence to="${alice.jid}" type="subscribe"><status>We met at the fair.</status><nick xmlns="http://jabber.org/protocol/nick">Bob of Porto</nick></presence>`,
    );
    const { conversation } = await alice.host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === bob);
    expect(conversation).toMatchObject({ membership: 'requested', invitation: { text: 'We met at the fair.' } });
    expect(alice.host.of('person.upserted').at(-1)?.person).toMatchObject({ handle: bob, displayName: 'Bob of Porto' });
    await alice.session.membership?.leave(remoteConversationId(bob));
    await peer.waitForStanza(/type="unsubscribed"/);
    await peer.subscribe(alice.jid);
    await until(() => alice.host.of('conversation.upserted').filter((event) => event.conversation.membership === 'requested').length > 1, { label: 'a second request' });
    await alice.session.membership?.accept(remoteConversationId(bob));
    await peer.waitForStanza(/type="subscribed"/);
    await peer.people.answerSubscription(alice.jid, true);
    await alice.host.waitFor('contact.upserted', ({ contact }) => contact.personId === bob && contact.bond === 'mutual');
  });

  it('a stranger who writes waits, is told nothing, and stays a stranger over a restart; whom we write to is none', async () => {
    const server = await serverOf(version);
    const { alice, peer, bob } = await two(version);
    await peer.send(alice.jid, 'Do you sell doves?', { receipt: true, markable: true });
    const { message } = await alice.host.waitFor('message.upserted', (event) => event.message.text === 'Do you sell doves?');
    expect(alice.host.of('conversation.upserted').findLast((event) => event.conversation.remoteId === bob)?.conversation.membership).toBe('requested');
    await alice.session.receipts?.markRead({ conversationId: remoteConversationId(bob), remoteId: message.remoteId, alternateId: message.alternateId });
    await alice.session.typing?.setTyping(remoteConversationId(bob), true);
    await alice.session.stop();

    const again = await goOnline(server, alice.jid.slice(0, alice.jid.indexOf('@')), { savedState: alice.host.savedState });
    await peer.send(alice.jid, 'Hello?');
    await again.host.waitFor('message.upserted', (event) => event.message.text === 'Hello?');
    expect(again.host.of('conversation.upserted').findLast((event) => event.conversation.remoteId === bob)?.conversation.membership).toBe('requested');
    // An answer comes behind anything else that we would have sent.
    await again.session.send(outgoing(bob, 'tx-1', 'We do.'));
    await peer.waitForMessage((event) => event['body'] === 'We do.');
    const ours = peer.events.filter(({ event, sender }) => String(sender).startsWith(alice.jid) && event !== 'stanza');
    expect(ours.map(({ event, state }) => state ?? event)).toEqual(expect.not.arrayContaining(['composing', 'receipt', 'marker', 'presence']));
    await close(again);
  });

  it('the contact list is changed with groups and names, and an unchanged one is not sent again', async () => {
    const server = await serverOf(version);
    const { alice, peer, bob } = await two(version);
    await befriend({ alice, peer, bob });
    const { contacts } = alice.session;
    await contacts?.save(bob, { name: 'Robert', groups: ['Porto', 'Sales'] }, false);
    const { contact } = await alice.host.waitFor('contact.upserted', (event) => event.contact.name === 'Robert');
    expect(contact).toMatchObject({ bond: 'mutual' });
    expect([...contact.groups].sort()).toEqual(['Porto', 'Sales']);
    await alice.session.stop();

    // A new session of a known list: asked for by its version, answered with nothing.
    const savedState = { ...(alice.host.savedState as Record<string, never>), stream: null };
    const again = await goOnline(server, alice.jid.slice(0, alice.jid.indexOf('@')), { savedState });
    expect(savedState).toMatchObject({ rosterVersion: expect.any(String) });
    expect(again.host.of('contacts.replaced')).toHaveLength(0);
    await until(() => presenceOf(again, bob)?.presence === 'online', { label: 'presence of a contact we still know' });
    await again.session.contacts?.setSeesUs(remotePersonId(bob), false);
    await again.host.waitFor('contact.upserted', (event) => event.contact.bond === 'we-see');
    await again.session.contacts?.remove(remotePersonId(bob));
    await again.host.waitFor('contact.deleted', ({ personId }) => personId === bob);
    await close(again);
  });

  it('presence, status and idle time go both ways; invisible is unseen and still hears', async () => {
    const { alice, peer, bob } = await two(version);
    await befriend({ alice, peer, bob });
    await peer.people.setPresence({ show: 'away', status: 'At lunch', idleSeconds: 600 });
    await alice.host.waitFor('presence', ({ presence, statusText }) => presence === 'away' && statusText === 'At lunch');
    const idleMs = Date.now() - (presenceOf(alice, bob)?.idleSinceMs ?? 0);
    expect(Math.round(idleMs / 60_000)).toBe(10);

    await alice.session.ownPresence?.setPresence('busy', 'In a meeting');
    expect(await peer.waitForStanza(/^<presence.*In a meeting/)).toMatch(/<show>dnd<\/show>/);
    await alice.session.ownPresence?.setPresence('online', '');
    await alice.session.ownPresence?.setIdle(Date.now() - 15 * 60_000);
    expect(await peer.waitForStanza(/^<presence.*urn:xmpp:idle:1/)).toMatch(/<show>away<\/show>/);
    await alice.session.ownPresence?.setIdle(null);
    await alice.session.ownPresence?.setPresence('offline', '');
    await peer.waitForStanza(new RegExp(`<presence[^>]*from="${alice.jid}[^>]*type="unavailable"|<presence[^>]*type="unavailable"[^>]*from="${alice.jid}`));
    await peer.send(alice.jid, 'are you there?');
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'are you there?', 30_000);
  }, 45_000);

  it('pictures of both kinds arrive, once a hash; lies about bytes are refused', async () => {
    const { alice, peer, bob } = await two(version);
    await befriend({ alice, peer, bob });
    const fetched = async (hash: string): Promise<Buffer> => {
      const { person } = await alice.host.waitFor('person.upserted', (event) => event.person.avatar?.id === hash);
      const path = join(alice.host.dataDir, hash);
      if (person.avatar) await alice.session.avatars?.download(person.avatar, path, 256 * 1024, signal());
      return readFileSync(path);
    };
    const first = drawPng(64, 0x33_66_99);
    const hash = await peer.people.publishAvatar(first);
    expect((await fetched(hash)).equals(first)).toBe(true);

    const { person } = alice.host.of('person.upserted').find((event) => event.person.avatar?.id === hash) ?? {};
    const lie = { ...person?.avatar, id: createHash('sha1').update('else').digest('hex'), mime: 'image/png', source: person?.avatar?.source ?? '' };
    await expect(alice.session.avatars?.download(lie, join(alice.host.dataDir, 'lie'), 256 * 1024, signal())).rejects.toThrow();
  });

  it('pictures of people in a room arrive by presence, and are taken from the card behind the nickname', async () => {
    const server = await serverOf(version);
    const { alice, peer } = await two(version);
    const room = `${freshName('room')}@muc.${server.domain}`;
    await peer.rooms.join(room, 'Benno Berg');
    await peer.rooms.configure(room, {});
    const face = drawPng(64, 0x99_33_66);
    const hash = await peer.people.publishVcard({ FN: 'Benno Berg' }, face);
    const show = (photo: string) => peer.sendRaw(`<presence to="${room}/Benno Berg"><x xmlns="vcard-temp:x:update"><photo>${photo}</photo></x></presence>`);
    await show(String(hash));
    await alice.session.rooms?.join(room, { nickname: 'Alice' });
    const { person } = await alice.host.waitFor('person.upserted', (event) => event.person.avatar?.id === hash);
    expect(person.displayName).toBe('Benno Berg');
    const path = join(alice.host.dataDir, 'face');
    if (person.avatar) await alice.session.avatars?.download(person.avatar, path, 256 * 1024, signal());
    expect(readFileSync(path).equals(face)).toBe(true);
    await peer.send(room, 'It is me', { type: 'groupchat' });
    const { message } = await alice.host.waitFor('message.upserted', (event) => event.message.text === 'It is me');
    expect(message.senderId).toBe(person.remoteId);
    await show('');
    await alice.host.waitFor('person.upserted', (event) => event.person.remoteId === person.remoteId && event.person.avatar === null);
  });

  it('cards are read in both forms, ours are written in both, a refusal shows nobody', async () => {
    const { alice, peer, bob } = await two(version);
    await peer.people.publishVcard({ FN: 'Roberto Alves', 'ORG/ORGNAME': 'Levante', TITLE: 'Buyer', 'EMAIL/USERID': 'rob@levante.example' });
    const { profiles } = alice.session;
    expect(await profiles?.load(remotePersonId(bob), signal())).toMatchObject({ fullName: 'Roberto Alves', organization: 'Levante', emails: ['rob@levante.example'] });
    expect(await profiles?.load(remotePersonId(`nobody-${freshName()}@${bob.split('@')[1] ?? ''}`), signal())).toBeNull();

    const own = { fullName: 'Marta Ferrer', nickname: 'marta', organization: 'Palomar', role: 'Owner', emails: ['marta@palomar.example'], phones: ['+34 600 123 456'], urls: [], address: 'Calle Mayor 1', birthday: null, note: 'Doves' };
    await profiles?.setOwn(own, 'everybody');
    expect(await profiles?.own(signal())).toEqual(own);
    expect(await peer.iq('get', alice.jid, '<vCard xmlns="vcard-temp"/>')).toContain('Marta Ferrer');
    expect((await peer.people.items(alice.jid, 'urn:xmpp:vcard4')).map(({ xml }) => xml).join('')).toContain('Marta Ferrer');
    await profiles?.setOwn(own, 'contacts');
    await expect(peer.people.items(alice.jid, 'urn:xmpp:vcard4')).rejects.toThrow();
  });

  it('our own picture is seen by others in both forms', async () => {
    const { alice, peer, bob } = await two(version);
    await befriend({ alice, peer, bob });
    const bytes = drawPng(96, 0x88_22_44);
    const hash = createHash('sha1').update(bytes).digest('hex');
    await alice.session.profiles?.setOwnAvatar({ mime: 'image/png', bytes, widthPx: 96, heightPx: 96 });
    expect((await peer.people.items(alice.jid, 'urn:xmpp:avatar:metadata')).map(({ xml }) => xml).join('')).toContain(hash);
    expect(await peer.iq('get', alice.jid, '<vCard xmlns="vcard-temp"/>')).toContain(bytes.toString('base64').slice(0, 60));
    await peer.waitForStanza(new RegExp(`vcard-temp:x:update.*${hash}`));
  });

  it('blocking is kept by the server, known to our other devices, and nothing of the blocked arrives', async () => {
    const { alice, peer, bob, another } = await two(version);
    await befriend({ alice, peer, bob });
    const phone = await another();
    expect(await phone.people.blocked()).toEqual([]);
    await alice.session.blocking?.block(bob, { reason: 'spam', text: 'Sells fake doves' });
    await until(async () => (await phone.people.blocked()).includes(bob), { label: 'the phone to know' });
    await peer.send(alice.jid, 'buy my doves').catch(() => undefined);
    // A question behind it on the same stream: its answer says that the server has dealt with the message.
    await peer.people.items(bob, 'urn:example:nothing').catch(() => undefined);
    await phone.people.unblock(bob);
    await alice.host.waitFor('blocked.changed', ({ address, isBlocked }) => address === bob && !isBlocked);
    await peer.send(alice.jid, 'am I back?');
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'am I back?');
    expect(alice.host.of('message.upserted').map(({ message }) => message.text)).not.toContain('buy my doves');
  });

  it('pushes and events from foreign addresses change nothing', async () => {
    const { alice, peer, bob } = await two(version);
    await alice.session.send(outgoing(bob, 'tx-1', 'Here I am.'));
    const { sender: full } = await peer.waitForMessage((event) => event['body'] === 'Here I am.');
    await peer.sendRaw(`<iq type="set" id="f1" to="${String(full)}"><query xmlns="jabber:iq:roster"><item jid="${bob}" subscription="both"/></query></iq>`);
    await peer.sendRaw(`<iq type="set" id="f2" to="${String(full)}"><block xmlns="urn:xmpp:blocking"><item jid="${alice.jid}"/></block></iq>`);
    await alice.host.waitFor('security', ({ rule }) => rule === 'roster-push-spoof');
    await alice.host.waitFor('security', ({ rule }) => rule === 'block-push-spoof');
    expect(alice.host.of('contact.upserted')).toEqual([]);
    expect(alice.host.of('blocked.changed')).toEqual([]);
  });
});
