// needs: ejabberd peers
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../kit/until.ts';
import { startEjabberd, type EjabberdServer, type SlixmppPeer } from '../../lab/index.ts';
import { close, connectPeer, goOnline, register, storedMessages, type TestAccount } from './account.ts';

describe('a room that lets in people only (XEP-0158)', () => {
  let server: EjabberdServer;
  let alice: TestAccount;
  let peer: SlixmppPeer;
  const names = { own: `own${randomUUID().slice(0, 8)}`, other: `other${randomUUID().slice(0, 8)}` };

  beforeAll(async () => {
    server = await startEjabberd({ captcha: true });
    await register(server, ...Object.values(names));
    alice = await goOnline(server, names.own);
    peer = await connectPeer(server, names.other, 'peer');
  });
  afterAll(async () => {
    await peer?.stop();
    if (alice !== undefined) await close(alice);
    await server?.stop();
  });

  it('asks with a picture, refuses a wrong answer, and is entered with the right one', async () => {
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
    await expect(wrong.answer('complete', { [name]: ['nonsense'] }, signal)).rejects.toThrow();

    await knock();
    const dialog = await open();
    expect((await dialog.answer('complete', { [name]: [server.lastCaptcha()] }, signal)).state).toBe('done');
    await peer.waitFor('occupant', ({ nick }) => String(nick).includes(names.own));
    await peer.send(room, 'welcome', { type: 'groupchat' });
    await until(() => storedMessages(alice.host.events).some(({ text }) => text === 'welcome'));
    // It is a room like any other now: here, and kept for the next start.
    const id = await rooms.join(room, {});
    expect((await rooms.members(id, false)).filter(({ isPresent }) => isPresent)).toHaveLength(2);
    expect(JSON.stringify(alice.host.savedState)).toContain(`"${room}":{`);
  });
});
