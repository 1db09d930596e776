// needs: ejabberd peers
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { DialogStep } from '#bridge';
import { until } from '../../kit/until.ts';
import { startEjabberd, type EjabberdServer, type SlixmppPeer } from '../../lab/index.ts';
import { close, connectPeer, goOnline, register, storedMessages, type TestAccount } from './account.ts';

const challengeOf = ({ form }: DialogStep) => form?.fields.find(({ name }) => name === 'challenge')?.values;

describe('a server that answers people only (XEP-0158)', () => {
  let server: EjabberdServer;
  let alice: TestAccount;
  let peer: SlixmppPeer;
  const names = { own: `own${randomUUID().slice(0, 8)}`, other: `other${randomUUID().slice(0, 8)}`, hermit: `hermit${randomUUID().slice(0, 8)}` };

  beforeAll(async () => {
    server = await startEjabberd({ captcha: true, suspects: 'own' });
    await register(server, ...Object.values(names));
    alice = await goOnline(server, names.own);
    peer = await connectPeer(server, names.other, 'peer');
  });
  afterAll(async () => {
    await peer?.stop();
    if (alice !== undefined) await close(alice);
    await server?.stop();
  });

  it('asks at the door of a room with a picture, refuses a wrong answer, and is entered with the right one', async () => {
    const room = `room${randomUUID().slice(0, 8)}@muc.${server.domain}`;
    await peer.rooms.join(room, 'Benno');
    await peer.rooms.configure(room, { captcha_protected: '1' });
    const { rooms, services } = alice.session;
    if (rooms === undefined || services === undefined) throw new Error('no rooms');
    const signal = AbortSignal.timeout(60_000);
    const knock = () => expect(rooms.join(room, {})).rejects.toMatchObject({ fault: { code: 'forbidden', detail: 'captcha-required' } });
    const open = () => services.open({ kind: 'custom', id: 'captcha', address: room }, signal);

    await knock();
    const wrong = await open();
    await expect(open()).rejects.toMatchObject({ fault: { code: 'not-found' } });
    const field = wrong.first.form?.fields.find(({ media }) => (media?.length ?? 0) > 0);
    expect(field?.media?.[0]?.mime).toMatch(/^image\//);
    const name = field?.name ?? '';
    const pictureOf = ({ form }: DialogStep) => form?.fields.find(({ media = [] }) => media.length > 0);
    const again = await wrong.answer('complete', { [name]: ['nonsense'] }, signal);
    expect(again).toMatchObject({ state: 'open', notes: [{ kind: 'error', code: 'answer-wrong' }] });
    expect(pictureOf(again)?.media?.[0]?.mime).toMatch(/^image\//);
    expect(challengeOf(again)).not.toEqual(challengeOf(wrong.first));
    const done = await wrong.answer('complete', { [name]: [server.lastCaptcha()] }, signal);
    expect(done).toMatchObject({ state: 'done', notes: [{ code: 'answer-right' }] });
    await peer.waitFor('occupant', ({ nick }) => String(nick).includes(names.own));
    await peer.send(room, 'welcome', { type: 'groupchat' });
    await until(() => storedMessages(alice.host.events).some(({ text }) => text === 'welcome'));
    // It is a room like any other now: here, and kept for the next start.
    const id = await rooms.join(room, {});
    expect((await rooms.members(id, false)).filter(({ isPresent }) => isPresent)).toHaveLength(2);
    expect(JSON.stringify(alice.host.savedState)).toContain(`"${room}":{`);
  });

  it('holds a contact request back until its picture is read', async () => {
    const hermit = `${names.hermit}@${server.domain}`;
    const guard = await connectPeer(server, names.hermit, 'guard');
    onTestFinished(() => guard.stop());
    const { services, contacts } = alice.session;
    if (contacts === undefined || services === undefined) throw new Error('no contacts');
    const signal = AbortSignal.timeout(60_000);

    await contacts.save(hermit, { name: null, groups: [] }, true);
    const news = await alice.host.waitFor('held.changed', ({ address }) => address === hermit);
    expect(news).toMatchObject({ what: 'contact-request', isOpen: true });
    const dialog = await services.open({ kind: 'custom', id: `held:${news.requestId}`, address: hermit }, signal);
    const field = dialog.first.form?.fields.find(({ media = [] }) => media.length > 0)?.name ?? '';
    const again = await dialog.answer('complete', { [field]: ['nonsense'] }, signal);
    expect(again).toMatchObject({ state: 'open', notes: [{ kind: 'error', code: 'answer-wrong' }] });
    expect(challengeOf(again)).not.toEqual(challengeOf(dialog.first));
    expect(guard.events.filter(({ event }) => event === 'subscribe')).toEqual([]);

    const done = await dialog.answer('complete', { [field]: [server.lastCaptcha()] }, signal);
    expect(done).toMatchObject({ state: 'done', notes: [{ code: 'answer-right' }] });
    await guard.waitFor('subscribe', ({ sender }) => String(sender).startsWith(names.own));
    expect(alice.host.of('held.changed').at(-1)).toEqual({ ...news, isOpen: false });
  });
});
