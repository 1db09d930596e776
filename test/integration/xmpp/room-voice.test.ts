// needs: prosody
// servers: any
/** Asking to speak, deciding about it, and being on a room's list. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dialog, RoomAbility, RoomMember, ServiceAbility } from '#bridge';
import type { RemoteConversationId } from '#model';
import { until } from '../../kit/until.ts';
import { startXmppServer, type XmppServer } from '../../lab/index.ts';
import { close, goOnline, outgoing, register, storedMessages, type TestAccount } from './account.ts';

const noSignal = new AbortController().signal;
let server: XmppServer;
let host: TestAccount;
let guest: TestAccount;
let room: RemoteConversationId;

const desk = ({ session }: TestAccount): RoomAbility & Required<Pick<RoomAbility, 'askVoice' | 'answerVoice'>> => {
  const { rooms } = session;
  if (rooms?.askVoice === undefined || rooms.answerVoice === undefined) throw new Error('no rooms');
  return rooms as RoomAbility & Required<Pick<RoomAbility, 'askVoice' | 'answerVoice'>>;
};
const servicesOf = ({ session }: TestAccount): ServiceAbility => {
  if (session.services === undefined) throw new Error('no services');
  return session.services;
};
const asking = async (): Promise<RoomMember | undefined> => (await desk(host).members(room, false)).find(({ asksForVoice }) => asksForVoice === true);
const maySpeak = (): boolean => guest.session.capabilities(room).canSend;
const toldOfAsking = (): number => storedMessages(host.host.events).filter(({ happening }) => happening?.kind === 'asks-voice').length;

beforeAll(async () => {
  server = await startXmppServer();
  const names = { host: `host${randomUUID().slice(0, 8)}`, guest: `guest${randomUUID().slice(0, 8)}` };
  await register(server, ...Object.values(names));
  [host, guest] = await Promise.all([goOnline(server, names.host), goOnline(server, names.guest)]);
  room = await desk(host).create({ name: 'Lecture', isPublic: true, isMembersOnly: false, invite: [] });
  const settings = await host.session.services?.open({ kind: 'configure-room', conversationId: room }, noSignal);
  // Where it is not said otherwise, ejabberd gives everybody a voice even in a moderated room.
  await settings?.answer('complete', { 'muc#roomconfig_moderatedroom': ['true'], members_by_default: ['false'] }, noSignal);
  await desk(guest).join(room, {});
});
afterAll(async () => {
  await close(guest);
  await close(host);
  await server.stop();
});

describe('a room where only some may speak', () => {
  it('says so, and those who keep it are asked; refused, one may still only read', async () => {
    await until(() => guest.session.capabilities(room).sendBlockedBy === 'read-only', { label: 'only reading' });
    expect(guest.session.capabilities(room)).toMatchObject({ canSend: false, canAskVoice: true });
    expect(await asking()).toBeUndefined();
    await desk(guest).askVoice(room);
    const member = await until(asking, { label: 'the guest asks' });
    expect(member).toMatchObject({ hasVoice: false, isPresent: true });
    expect(toldOfAsking()).toBe(1);
    if (member.personId === null) throw new Error('nobody');
    await desk(host).answerVoice(room, member.personId, false);
    expect(await asking()).toBeUndefined();
    await expect(desk(host).answerVoice(room, member.personId, true)).rejects.toMatchObject({ fault: { code: 'not-found' } });
    expect(maySpeak()).toBe(false);
  });

  it('lets everybody try where the room says that all may speak: servers differ on whether they may', async () => {
    const open = await desk(host).create({ name: 'Open', isPublic: true, isMembersOnly: false, invite: [] });
    // ejabberd moderates every new room.
    await (await servicesOf(host).open({ kind: 'configure-room', conversationId: open }, noSignal)).answer('complete', { 'muc#roomconfig_moderatedroom': ['false'] }, noSignal);
    await desk(guest).join(open, {});
    const { personId } = await until(async () => (await desk(host).members(open, false)).find(({ isSelf, isPresent }) => !isSelf && isPresent), { label: 'the guest is there' });
    if (personId === null) throw new Error('nobody');
    await desk(host).setVoice(open, personId, false);
    await until(async () => (await desk(guest).members(open, false)).some(({ isSelf, hasVoice }) => isSelf && !hasVoice), { label: 'the voice is taken' });
    expect(guest.session.capabilities(open).canSend).toBe(true);
    await guest.session.membership?.leave(open);
  });

  it('lets the guest speak when it is allowed', async () => {
    // ejabberd takes one such question in half an hour; elsewhere it is asked again.
    if (server.product === 'ejabberd') {
      const member = (await desk(host).members(room, false)).find(({ hasVoice }) => !hasVoice);
      if (member?.personId != null) await desk(host).setVoice(room, member.personId, true);
    } else {
      await desk(guest).askVoice(room);
      const { personId } = await until(asking, { label: 'the guest asks again' });
      if (personId === null) throw new Error('nobody');
      await desk(host).answerVoice(room, personId, true);
    }
    await until(maySpeak, { label: 'a voice' });
    const words = `thank you ${randomUUID()}`;
    await guest.session.send(outgoing(room, randomUUID(), words));
    await host.host.waitFor('message.upserted', ({ message }) => message.text === words);
    expect(await asking()).toBeUndefined();
  });
});

it('a nickname is registered with a room by its form, where the room takes that', async () => {
  const isTaken = desk(host).powers(room).canRegister === true;
  expect(isTaken).toBe(server.product === 'prosody');
  if (!isTaken) return;
  const open = (): Promise<Dialog> => servicesOf(host).open({ kind: 'register-with-room', conversationId: room }, noSignal);
  const dialog = await open();
  const nick = dialog.first.form?.fields.find(({ name }) => /nick/.test(name));
  expect(await dialog.answer('complete', { [nick?.name ?? '']: ['Gastgeber'] }, noSignal)).toMatchObject({ state: 'done', notes: [{ code: 'registered' }] });
  expect((await open()).first.notes).toEqual([expect.objectContaining({ code: 'already-registered' })]);
  // Prosody takes only those who belong to the room already.
  await expect(servicesOf(guest).open({ kind: 'register-with-room', conversationId: room }, noSignal)).rejects.toMatchObject({ fault: { code: expect.any(String) } });
});
