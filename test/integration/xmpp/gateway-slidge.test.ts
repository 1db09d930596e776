// needs: prosody peers gateways tools
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dialog, DialogStep } from '#bridge';
import { remoteConversationId } from '#model';
import { chosenXmppServer, startProsody, startSlidge, type ProsodyServer, type SlidgeGateway } from '../../lab/index.ts';
import { until } from '../../kit/until.ts';
import { close, goOnline, openAccount, outgoing, register, type TestAccount } from './account.ts';

const noSignal = new AbortController().signal;
const version = chosenXmppServer() === 'prosody13' ? '13' : '0.12';

const servicesOf = ({ session }: TestAccount) => {
  if (session.services === undefined) throw new Error('no services');
  return session.services;
};
const press = (dialog: Dialog, { actions: [action = 'complete'] }: DialogStep): Promise<DialogStep> => dialog.answer(action, {}, noSignal);
const isPng = (bytes: Uint8Array | undefined): boolean => Buffer.from(bytes ?? []).toString('latin1', 1, 4) === 'PNG';

describe.each([
  ['with rights to act in our name', ['gw']],
  ['without rights', []],
] as const)('a network behind slidge, %s', (_, privileged) => {
  let server: ProsodyServer;
  let slidge: SlidgeGateway;
  let alice: TestAccount;

  beforeAll(async () => {
    server = await startProsody({ version, components: ['gw'], privileged });
    slidge = await startSlidge(server, { networkType: 'whatsapp', networkName: 'WhatsApp' });
    await register(server, 'alice');
    alice = await goOnline(server, 'alice');
  }, 120_000);
  afterAll(async () => {
    await close(alice);
    await slidge.stop();
    await server.stop();
  });

  it('is signed in to by a code for the phone, which takes as long as it takes', async () => {
    const before = await servicesOf(alice).inspect(slidge.jid, null, noSignal);
    expect(before).toMatchObject({ kind: 'gateway', network: 'whatsapp', isRegistered: false });
    const dialog = await servicesOf(alice).open({ kind: 'register', address: slidge.jid }, noSignal);
    const code = await press(dialog, dialog.first);
    const field = code.form?.fields.find(({ media = [] }) => media.length > 0);
    expect(field).toMatchObject({ kind: 'fixed', values: [`https://fakenet.invalid/pair/${alice.jid}`] });
    expect(isPng(field?.media?.[0]?.bytes)).toBe(true);

    let isAnswered = false;
    const scanned = press(dialog, code).finally(() => (isAnswered = true));
    await slidge.waitFor('qr');
    expect(isAnswered).toBe(false);
    await slidge.network.scan(alice.jid);
    const preferences = await scanned;
    expect(new Set(preferences.form?.fields.map(({ kind }) => kind))).toEqual(new Set(['boolean']));
    expect(await press(dialog, preferences)).toMatchObject({ state: 'done', notes: [{ kind: 'info', text: 'Success, welcome!' }] });
    await slidge.waitFor('ready');
    expect(await servicesOf(alice).inspect(slidge.jid, null, noSignal)).toMatchObject({ isRegistered: true });
  });

  it('shows the refusal of the phone in its own words, and the way to give up', async () => {
    await register(server, 'bob');
    const bob = await goOnline(server, 'bob');
    const dialog = await servicesOf(bob).open({ kind: 'register', address: slidge.jid }, noSignal);
    const code = await press(dialog, dialog.first);
    const refused = press(dialog, code);
    await slidge.waitFor('qr', ({ user }) => user === bob.jid);
    await slidge.network.scan(bob.jid, { refusal: 'The phone said no' });
    await expect(refused).rejects.toMatchObject({ fault: { detail: expect.stringContaining('The phone said no') } });
    await dialog.close();
    await close(bob);
  });

  it('brings its people as those of its own network', async () => {
    const juliet = slidge.contactJid('juliet');
    await until(() => alice.host.of('person.upserted').some(({ person }) => person.handle === juliet), { label: 'Juliet' });
    await slidge.network.write({ user: alice.jid, chat: 'juliet', text: 'hello from another network' });
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'hello from another network');
    const conversation = alice.host.of('conversation.upserted').findLast(({ conversation: { remoteId } }) => remoteId === juliet)?.conversation;
    expect(conversation).toMatchObject({ network: 'whatsapp' });
    const decided = alice.host.of('conversation.patched').findLast(({ conversationId, patch }) => conversationId === juliet && patch.membership !== undefined);
    expect(decided?.patch.membership ?? conversation?.membership).toBe('joined');
  });

  it('finds somebody by their number, and says whom it does not find', async () => {
    const { can } = await servicesOf(alice).inspect(slidge.jid, null, noSignal);
    expect(can).toEqual(expect.arrayContaining(['address-prompt', 'search']));
    const ask = (): Promise<Dialog> => servicesOf(alice).open({ kind: 'address-prompt', address: slidge.jid }, noSignal);
    const dialog = await ask();
    expect(dialog.first.form).toMatchObject({ instructions: ['Whom?'], fields: [{ label: 'Phone number' }] });
    expect(await dialog.answer('complete', { prompt: ['+34 600 123 456'] }, noSignal)).toMatchObject({ state: 'done', address: slidge.contactJid('romeo') });
    await expect((await ask()).answer('complete', { prompt: ['+1'] }, noSignal)).rejects.toMatchObject({ fault: { code: 'not-found' } });
    const search = await servicesOf(alice).open({ kind: 'search', address: slidge.jid }, noSignal);
    const found = await search.answer('complete', { phone: ['+34600123456'] }, noSignal);
    expect(found.form?.table?.rows).toEqual([['+34600123456', slidge.contactJid('romeo')]]);
  });

  it('hands over a contact list, of which its own people are taken', async () => {
    const benvolio = slidge.contactJid('benvolio');
    await slidge.network.offer(alice.jid, [['intruder@elsewhere.test', 'Intruder'], [benvolio, 'Benvolio']]);
    const taken = (id: string) => alice.host.of('contact.upserted').some(({ contact }) => contact.personId === id);
    await until(() => taken(benvolio), { label: 'Benvolio in the contact list' });
    const newest = alice.host.of('contact.upserted').findLast(({ contact }) => contact.personId === benvolio)?.contact;
    // With rights the gateway also writes him into the list itself, before this or after, and in words of its own.
    if (privileged.length === 0) expect(newest).toMatchObject({ name: 'Benvolio', groups: ['FakeNet'] });
    expect(taken('intruder@elsewhere.test')).toBe(false);
  });

  it('brings people who ask first where that is wanted, and lets them in at once when it is not any more', async () => {
    const tybalt = slidge.contactJid('tybalt');
    expect(await servicesOf(alice).inspect(slidge.jid, null, noSignal)).toMatchObject({ isRegistered: true, letsPeopleIn: true });
    await servicesOf(alice).setLetsPeopleIn?.(slidge.jid, false);
    expect(await servicesOf(alice).inspect(slidge.jid, null, noSignal)).toMatchObject({ letsPeopleIn: false });
    await slidge.network.write({ user: alice.jid, chat: 'tybalt', text: 'turn and draw' });
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'turn and draw');
    const asks = () => alice.host.of('conversation.upserted').some(({ conversation }) => conversation.remoteId === tybalt && conversation.membership === 'requested');
    // With rights the gateway writes into the contact list itself and asks nobody.
    if (privileged.length === 0) await until(asks, { label: 'Tybalt asks' });
    await servicesOf(alice).setLetsPeopleIn?.(slidge.jid, true);
    expect(await servicesOf(alice).inspect(slidge.jid, null, noSignal)).toMatchObject({ letsPeopleIn: true });
    const letIn = () => alice.host.of('conversation.patched').some(({ conversationId, patch }) => conversationId === tybalt && patch.membership === 'joined');
    if (privileged.length === 0) await until(letIn, { label: 'Tybalt is let in' });
  });

  it('brings reactions, edits and retractions of its people, and takes ours', async () => {
    const chat = { user: alice.jid, chat: 'juliet' };
    const juliet = slidge.contactJid('juliet');
    await alice.session.send(outgoing(juliet, 'tx-ours', 'what do you think?'));
    const ours = await slidge.waitFor('message', ({ user, text }) => user === alice.jid && text === 'what do you think?');
    await slidge.network.react({ ...chat, id: String(ours['id']), emojis: ['👍'] });
    await alice.host.waitFor('reactions.replaced', ({ emojis }) => emojis.includes('👍'));
    const theirs = await slidge.network.write({ ...chat, text: 'a first thought' });
    const { message } = await alice.host.waitFor('message.upserted', (event) => event.message.text === 'a first thought');
    await slidge.network.edit({ ...chat, id: theirs, text: 'a second thought' });
    await alice.host.waitFor('message.patched', ({ patch }) => patch.text === 'a second thought');
    const target = { conversationId: remoteConversationId(juliet), remoteId: message.remoteId, alternateId: message.alternateId };
    await alice.session.reactions?.react(target, ['🎉'], 'tx-react');
    await slidge.waitFor('reaction', ({ user, emojis }) => user === alice.jid && String(emojis) === '🎉');
    await slidge.network.retract({ ...chat, id: theirs });
    await alice.host.waitFor('message.deleted', ({ conversationId }) => conversationId === juliet);
    expect(alice.host.of('message.upserted').some((event) => event.message.text.includes('retracted'))).toBe(false);
  });

  it('shows what was written on the phone as ours, where the server lets it', async () => {
    await slidge.network.write({ user: alice.jid, chat: 'juliet', by: 'me', text: 'typed on my phone' });
    if (privileged.length === 0) {
      // Without rights nothing of it reaches us, and nothing of it is shown as somebody else's.
      await slidge.network.write({ user: alice.jid, chat: 'juliet', text: 'after that' });
      await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'after that');
      expect(alice.host.of('message.upserted').some(({ message }) => message.text === 'typed on my phone' && !message.isOwn)).toBe(false);
      return;
    }
    const { message } = await alice.host.waitFor('message.upserted', (event) => event.message.text === 'typed on my phone');
    expect(message).toMatchObject({ isOwn: true, conversationId: slidge.contactJid('juliet') });
  });

  it('brings its groups as rooms of that network', async () => {
    const group = slidge.groupJid('g1');
    if (!alice.host.of('conversation.upserted').some(({ conversation }) => conversation.remoteId === group && conversation.membership === 'joined')) {
      await alice.session.directory?.startConversation(group);
    }
    const joined = (): boolean => alice.host.of('conversation.upserted').some(({ conversation }) => conversation.remoteId === group && conversation.membership === 'joined' && conversation.network === 'whatsapp');
    await until(joined, { label: 'the group' });
    await slidge.network.write({ user: alice.jid, chat: '#g1', by: 'juliet', text: 'hello group' });
    await alice.host.waitFor('message.upserted', ({ message }) => message.text === 'hello group' && message.conversationId === group);
    await alice.session.send(outgoing(group, 'tx-group', 'hello all'));
    await slidge.waitFor('message', ({ user, chat, text }) => user === alice.jid && chat === '#g1' && text === 'hello all');
  });

  it('keeps to what that network knows', async () => {
    const juliet = remoteConversationId(slidge.contactJid('juliet'));
    await until(() => alice.session.capabilities(juliet).reactionLimits?.perPerson === 1, { label: 'one reaction a person' });
    expect(alice.session.capabilities(juliet)).toMatchObject({ canSend: true, canEdit: true, canReact: true });
  });

  it('is known by its own name, and after a restart at once', async () => {
    const gateway = await alice.session.loadConversation(remoteConversationId(slidge.jid));
    expect(gateway).toMatchObject({ title: `WhatsApp · ${slidge.jid}`, network: 'whatsapp' });
    const again = openAccount(server, 'alice', { savedState: alice.host.savedState });
    const juliet = remoteConversationId(slidge.contactJid('juliet'));
    expect(await again.session.loadConversation(juliet)).toMatchObject({ network: 'whatsapp' });
    again.host.dispose();
  });

  it('is left again, which takes its people away', async () => {
    const dialog = await servicesOf(alice).open({ kind: 'unregister', address: slidge.jid }, noSignal);
    // It asks itself whether that is meant.
    expect(dialog.first.state).toBe('open');
    expect((await press(dialog, dialog.first)).state).toBe('done');
    await slidge.waitFor('unregistered');
    expect(await servicesOf(alice).inspect(slidge.jid, null, noSignal)).toMatchObject({ isRegistered: false });
  });
});
