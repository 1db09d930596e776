// needs: prosody ejabberd tools
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DialogStep } from '#bridge';
import { createXmppBridge } from '../../../bridges/xmpp/index.ts';
import { chosenXmppServer, startEjabberd, startProsody, type XmppServer } from '../../lab/index.ts';
import { close, goOnline, passwordOf } from './account.ts';

const noSignal = new AbortController().signal;
const version = chosenXmppServer() === 'prosody13' ? '13' : '0.12';
const isPng = (bytes: Uint8Array | undefined): boolean => Buffer.from(bytes ?? []).toString('latin1', 1, 4) === 'PNG';

const bridgeOf = (server: XmppServer) => createXmppBridge({ ca: server.caPem });
const placeOf = (server: XmppServer) => ({ host: server.host, port: String(server.c2sPort) });
const begin = async (server: XmppServer) => {
  onTestFinished(() => server.stop());
  const bridge = bridgeOf(server);
  const dialog = await bridge.signUp?.(server.domain, placeOf(server), noSignal);
  if (dialog === undefined) throw new Error('no sign-up');
  onTestFinished(() => dialog.close());
  return { bridge, dialog };
};
const fieldsOf = ({ form }: DialogStep) => form?.fields.filter(({ kind }) => kind !== 'hidden' && kind !== 'fixed') ?? [];

describe('a new account', () => {
  it('is made with the fields of old', async () => {
    const server = await startProsody({ version, registration: 'open' });
    const { bridge, dialog } = await begin(server);
    expect(fieldsOf(dialog.first).map(({ name, kind }) => [name, kind])).toEqual([['username', 'text'], ['password', 'secret']]);
    expect(dialog.result()).toBeNull();
    const done = await dialog.answer('complete', { username: ['carla'], password: ['pw-carla'] }, noSignal);
    expect(done).toMatchObject({ state: 'done', notes: [{ code: 'account-made' }] });
    const login = dialog.result();
    expect(login?.values['address']).toBe(`carla@${server.domain}`);
    expect(await bridge.login(login?.flowId ?? '', login?.values ?? {}, noSignal)).toMatchObject({ address: `carla@${server.domain}` });
  });

  it('is made with a data form; a name that is taken can be changed', async () => {
    const server = await startProsody({ version, registration: 'form' });
    await server.register('carla', 'x');
    const { bridge, dialog } = await begin(server);
    expect(dialog.first.form?.title).toBe('An account at the lab');
    expect(fieldsOf(dialog.first).map(({ name }) => name)).toEqual(['username', 'password', 'email', 'phone']);
    const values = { password: ['pw'], email: ['c@example.org'], phone: [''] };
    const refused = await dialog.answer('complete', { ...values, username: ['carla'] }, noSignal);
    expect(refused).toMatchObject({ state: 'open', notes: [{ kind: 'error', code: 'name-taken', field: 'username' }], actions: ['complete'] });
    const done = await dialog.answer('complete', { ...values, username: ['carla-2'] }, noSignal);
    expect(done.state).toBe('done');
    expect(await bridge.login('password', dialog.result()?.values ?? {}, noSignal)).toMatchObject({ address: `carla-2@${server.domain}` });
  });

  it('is made after the server hung up on somebody who thought for long', async () => {
    const server = await startProsody({ version, registration: 'open' });
    const { dialog } = await begin(server);
    await server.restart();
    expect((await dialog.answer('complete', { username: ['dora'], password: ['pw'] }, noSignal)).state).toBe('done');
  });

  it('and a new password are told at the field of the password when they are too short', async () => {
    const server = await startProsody({ version: '13', registration: 'open', hostModules: ['password_policy'] });
    const { dialog } = await begin(server);
    const refused = { state: 'open', notes: [{ kind: 'error', code: 'not-accepted', field: 'password', text: expect.stringContaining('too short') }] };
    const short = await dialog.answer('complete', { username: ['emil'], password: ['short'] }, noSignal);
    expect(short).toMatchObject(refused);
    expect(fieldsOf(short).map(({ name }) => name)).toEqual(['username', 'password']);
    expect((await dialog.answer('complete', { username: ['emil'], password: [passwordOf('emil')] }, noSignal)).state).toBe('done');

    const emil = await goOnline(server, 'emil');
    onTestFinished(() => close(emil));
    const change = await emil.session.services?.open({ kind: 'change-password' }, noSignal);
    expect(await change?.answer('complete', { password: ['kort'], repeat: ['kort'] }, noSignal)).toMatchObject(refused);
    expect(emil.host.secretValues.get('password')).toBe(passwordOf('emil'));
    const long = ['long enough for it'];
    expect(await change?.answer('complete', { password: long, repeat: long }, noSignal)).toMatchObject({ notes: [{ code: 'password-changed' }] });
  });

  it('is refused in clear words where a server takes none', async () => {
    const server = await startProsody({ version, registration: 'closed' });
    onTestFinished(() => server.stop());
    await expect(bridgeOf(server).signUp?.(server.domain, placeOf(server), noSignal)).rejects.toMatchObject({
      fault: { code: 'unsupported', server: server.domain },
    });
  });

  it('is made by reading a picture; after a mistake there is a new one', async () => {
    const server = await startEjabberd({ captcha: true, passwordStrength: 30 });
    const { bridge, dialog } = await begin(server);
    const pictureOf = (step: DialogStep) => fieldsOf(step).find(({ media = [] }) => media.length > 0);
    const first = pictureOf(dialog.first);
    expect(isPng(first?.media?.[0]?.bytes)).toBe(true);
    const values = { username: ['eva'], password: ['pw-eva-1234'] };
    const wrong = await dialog.answer('complete', { ...values, [first?.name ?? '']: ['not this'] }, noSignal);
    expect(wrong).toMatchObject({ state: 'open', notes: [{ kind: 'error', code: 'answer-wrong', field: first?.name }] });
    const second = pictureOf(wrong);
    const challengeOf = (step: DialogStep) => step.form?.fields.filter(({ kind }) => kind === 'hidden').map(({ values: hidden }) => hidden);
    expect(isPng(second?.media?.[0]?.bytes)).toBe(true);
    expect(challengeOf(wrong)).not.toEqual(challengeOf(dialog.first));
    const read = () => ({ [second?.name ?? '']: [server.lastCaptcha()] });
    const weak = await dialog.answer('complete', { ...values, password: ['abc'], ...read() }, noSignal);
    expect(weak).toMatchObject({ state: 'open', notes: [{ kind: 'error', code: 'not-accepted', field: 'password' }] });
    expect(isPng(pictureOf(weak)?.media?.[0]?.bytes)).toBe(true);
    const done = await dialog.answer('complete', { ...values, ...read() }, noSignal);
    expect(done).toMatchObject({ state: 'done', notes: [{ code: 'account-made' }] });
    expect(await bridge.login('password', dialog.result()?.values ?? {}, noSignal)).toMatchObject({ address: `eva@${server.domain}` });
  });
});
