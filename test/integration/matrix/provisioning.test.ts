// needs: synapse tools
/** Bridges set up from here: found, signed in to by every kind of step, watched and left, on a real Synapse. */
import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Dialog, DialogStep, FormValues, ServiceAbility } from '#bridge';
import { drawQr } from '#kit';
import type { ServiceDetail } from '#model';
import { until } from '../../kit/until.ts';
import { pickFreePorts, startFakenet, startSynapse, type Fakenet, type SynapseServer } from '../../lab/index.ts';
import { openAccount, type OwnAccount } from './account.ts';

let synapse: SynapseServer;
let fakenet: Fakenet;
let own: OwnAccount;
const selfId = '@alice:localhost';
const signal = new AbortController().signal;

beforeAll(async () => {
  synapse = await startSynapse();
  fakenet = await startFakenet(synapse);
  fakenet.setRoomsOnLogin(false);
  await synapse.register('alice', 'alice-secret');
  own = await openAccount(fakenet.homeserverUrl, selfId, 'alice-secret');
  await own.session.start();
  await own.host.waitFor('state', (event) => event.connection === 'online');
});
afterAll(async () => {
  await own?.stop();
  await fakenet?.stop();
  await synapse?.stop();
});

const services = (): ServiceAbility => {
  if (own.session.services === undefined) throw new Error('no services');
  return own.session.services;
};
const bridge = async (): Promise<ServiceDetail> => {
  const found = (await services().list(signal)).find(({ kind }) => kind === 'bridge');
  if (found === undefined) throw new Error('no bridge was found');
  return found;
};
const codes = (step: DialogStep): readonly unknown[] => step.notes.map(({ code }) => code);
const next = (dialog: Dialog, values: FormValues = {}): Promise<DialogStep> => dialog.answer('next', values, signal);
const wait = (dialog: Dialog): Promise<DialogStep> => dialog.wait?.(signal) ?? Promise.reject(new Error('nothing to wait for'));
/** Past the choice of the way and its risk, to the first step of the bridge. */
const begin = async (flow: string): Promise<{ dialog: Dialog; risk: DialogStep; step: DialogStep }> => {
  const dialog = await services().open({ kind: 'register', address: (await bridge()).address }, signal);
  const risk = await next(dialog, { flow: [flow] });
  return { dialog, risk, step: await next(dialog) };
};
const leave = async (): Promise<void> => {
  const dialog = await services().open({ kind: 'unregister', address: (await bridge()).address }, signal);
  await dialog.answer('complete', { login: dialog.first.form?.fields[0]?.values ?? [] }, signal);
};

describe('a bridge of our own server', () => {
  beforeEach(async () => {
    if (fakenet.login(selfId) !== undefined) await leave();
  });

  it('is found by the well-known file, and gets our token for it is below the address of our server', async () => {
    expect(await bridge()).toMatchObject({ name: 'Fakenet', network: 'fakenet', isRegistered: false, trust: 'own', can: ['register'] });
    expect(fakenet.requests.at(-1)).toEqual({ path: 'GET /_matrix/provision/v3/whoami', token: 'access' });
  });

  it('tells the risk of a way in before its first step', async () => {
    const dialog = await services().open({ kind: 'register', address: (await bridge()).address }, signal);
    expect(codes(dialog.first)).toEqual(['bridge-choose-flow']);
    const before = fakenet.requests.length;
    expect(codes(await next(dialog, { flow: ['cookies'] }))).toEqual(['bridge-risk-cookies']);
    expect(fakenet.requests).toHaveLength(before);
    await dialog.close();
    const { dialog: second, risk } = await begin('qr');
    expect(codes(risk)).toEqual(['bridge-risk-linked']);
    await second.close();
  });

  it('takes a password, a second factor, and says in its own words what was wrong', async () => {
    const wrong = await begin('password');
    expect(wrong.step.form?.fields.map(({ name, kind }) => [name, kind])).toEqual([['username', 'text'], ['password', 'secret'], ['region', 'choice']]);
    const refused = await next(wrong.dialog, { username: ['me'], password: ['wrong'] });
    expect(refused).toMatchObject({ state: 'done', notes: [{ kind: 'error', code: 'bridge-login-failed' }] });
    expect(refused.notes[0]?.text).toContain('Incorrect password');

    const { dialog } = await begin('password');
    const second = await next(dialog, { username: ['2fa'], password: ['x'], region: ['Europe'] });
    expect(second.form?.fields[0]).toMatchObject({ name: 'code', check: { pattern: '^[0-9]{6}$' } });
    expect(await next(dialog, { code: ['123456'] })).toMatchObject({ state: 'done', notes: [{ code: 'bridge-signed-in' }] });
    expect(await bridge()).toMatchObject({ isRegistered: true, logins: [{ name: '+1002003', state: 'connected', isStale: false }] });
  });

  it('shows a code to scan, a fresh one when it is renewed, and goes on by itself', async () => {
    const { dialog, step } = await begin('qr');
    const pictureOf = ({ form }: DialogStep): string => Buffer.from(form?.fields[0]?.media?.[0]?.bytes ?? []).toString('hex');
    expect(step).toMatchObject({ isWaiting: true, notes: [{ code: 'bridge-scan' }] });
    const renewed = wait(dialog);
    (await fakenet.display(selfId)).refresh();
    expect(pictureOf(await renewed)).not.toBe(pictureOf(step));
    expect(pictureOf(await renewed)).toMatch(/^89504e47/u);
    const end = wait(dialog);
    (await fakenet.display(selfId)).scan();
    expect(codes(await end)).toEqual(['bridge-signed-in']);
  });

  it('shows a code to enter on the phone', async () => {
    const { dialog } = await begin('phone');
    const shown = await next(dialog, { phone_number: ['+34600123456'] });
    expect(shown.form?.fields[0]).toMatchObject({ kind: 'fixed', values: ['ABCD-EFGH'] });
    await dialog.close();
  });

  it('asks for cookies by hand, and sends those it asked for alone', async () => {
    const { dialog, step } = await begin('cookies');
    expect(step).toMatchObject({ link: 'https://fakenet.example/login', notes: [{ code: 'bridge-cookies-by-hand' }] });
    expect(step.form?.fields).toMatchObject([{ name: 'sid', kind: 'secret', hint: 'cookie · sid · fakenet.example' }]);
    expect(codes(await next(dialog, { sid: ['s3cret'], other: ['x'] }))).toEqual(['bridge-signed-in']);
  });

  it.each(['webauthn', 'client_http'])('ends a login by %s, which is not for us, and tells the bridge', async (flow) => {
    const { step } = await begin(flow);
    expect(step).toMatchObject({ state: 'done', notes: [{ code: 'bridge-step-unknown', text: flow }] });
    expect(fakenet.requests.at(-1)?.path).toMatch(/^POST .*\/login\/cancel\//u);
  });

  it('learns that a person closed the dialog while it waited', async () => {
    const { dialog } = await begin('qr');
    const waiting = wait(dialog);
    await fakenet.display(selfId);
    await dialog.close();
    expect(await waiting).toMatchObject({ state: 'done' });
    expect(fakenet.login(selfId)).toBeUndefined();
  });

  it('may take its time to the first step', async () => {
    fakenet.setStartDelay(1_500);
    const { dialog, step } = await begin('qr');
    fakenet.setStartDelay(0);
    expect(step.isWaiting).toBe(true);
    await dialog.close();
  });

  it('shows what is wrong with a login, and renews that very one', async () => {
    const { dialog } = await begin('cookies');
    await next(dialog, { sid: ['x'] });
    fakenet.setState(selfId, { state_event: 'BAD_CREDENTIALS', error: 'logged-out', message: 'Your phone was offline for 14 days' });
    const { address, logins: [login] = [] } = await bridge();
    expect(login).toMatchObject({ state: 'needs-login', detail: 'Your phone was offline for 14 days' });
    const again = await services().open({ kind: 'custom', id: `login:${login?.id ?? ''}`, address }, signal);
    await next(again, { flow: ['cookies'] });
    await next(again);
    await next(again, { sid: ['x'] });
    expect((await bridge()).logins).toMatchObject([{ state: 'connected' }]);
  });

  it('finds somebody by number or name, and opens the conversation', async () => {
    const { dialog } = await begin('cookies');
    await next(dialog, { sid: ['x'] });
    const { address } = await bridge();
    const prompt = await services().open({ kind: 'address-prompt', address }, signal);
    expect(await prompt.answer('complete', { identifier: ['nobody'] }, signal)).toMatchObject({ state: 'open', notes: [{ code: 'nothing-found' }] });
    const found = await prompt.answer('complete', { identifier: ['zoe'] }, signal);
    const { conversation } = await own.host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === found.address);
    expect(conversation).toMatchObject({ network: 'fakenet' });
    const search = await services().open({ kind: 'search', address }, signal);
    const people = await next(search, { words: ['bo'] });
    expect(people.form?.fields[0]?.options?.map(({ value }) => value)).toEqual(['bob']);
  });
});

describe('a bridge that somebody else runs', () => {
  it('gets an OpenID token, and never ours', async () => {
    expect(await services().inspect(fakenet.provisioningUrl, null, signal)).toMatchObject({ name: 'Fakenet', trust: 'other' });
    expect(fakenet.requests.at(-1)?.token).toBe('openid');
    // And it is in the list from now on.
    expect((await services().list(signal)).map(({ address }) => address)).toContain(fakenet.provisioningUrl);
  });

  it('that catches what it gets, and that redirects, learns nothing else either', async () => {
    const caught: string[] = [];
    const [port = 0] = await pickFreePorts(1);
    const catcher = createServer((incoming, outgoing) => {
      caught.push(incoming.headers.authorization ?? '');
      if (incoming.url?.startsWith('/redirect') === true) outgoing.writeHead(302, { location: `http://127.0.0.1:${String(port)}/elsewhere` }).end();
      else outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{"network":{}}');
    });
    await new Promise<void>((resolve) => void catcher.listen(port, '127.0.0.1', () => resolve()));
    try {
      for (const path of ['', '/redirect', `/${encodeURIComponent(fakenet.homeserverUrl)}`]) {
        await expect(services().inspect(`http://127.0.0.1:${String(port)}${path}`, null, signal)).rejects.toThrow();
      }
      expect(caught).toHaveLength(3);
      expect(caught.every((header) => header.startsWith('Bearer openid:'))).toBe(true);
      const token = await own.host.secrets.get('accessToken');
      expect(caught.join(' ')).not.toContain(token);
    } finally {
      catcher.closeAllConnections();
      catcher.close();
    }
  });

  it.each(['http://bridge.example', 'https://user:pass@bridge.example', 'file:///etc/passwd', 'words'])('at %s is not asked', async (address) => {
    await expect(services().inspect(address, null, signal)).rejects.toThrow();
  });
});

describe('a bot without an API', () => {
  it('shows its pictures through the media endpoints of our server, the newest of each and no large ones', async () => {
    const dialog = await services().open({ kind: 'command', address: fakenet.bot, node: 'login qr' }, signal);
    let step = dialog.first;
    const shown = () => step.form?.fields[0]?.media?.map(({ bytes }) => Buffer.from(bytes).toString('base64')) ?? [];
    await until(async () => {
      if ((step.form?.fields[0]?.values.length ?? 0) === 0) step = await next(dialog, { line: [''] });
      return shown().length > 0 && step.form?.fields[0]?.values.includes('Scan the code with your phone') === true;
    });
    expect(step.form?.fields[0]?.values).toEqual(['Scan the code with your phone']);
    expect(shown()).toEqual([Buffer.from(drawQr('fakenet-bot-1').bytes).toString('base64')]);
    step = await next(dialog, { line: ['renew'] });
    expect(shown()).toEqual([Buffer.from(drawQr('fakenet-bot-2').bytes).toString('base64')]);
    step = await next(dialog, { line: ['login huge'] });
    await until(async () => {
      if (step.form?.fields[0]?.values.length === 0) step = await next(dialog, { line: [''] });
      return step.form?.fields[0]?.values.length === 1;
    });
    expect(shown()).toEqual([]);
    await dialog.close();
  });

  it('is talked to in its room', async () => {
    const dialog = await services().open({ kind: 'command', address: fakenet.bot, node: 'help' }, signal);
    expect(dialog.first.form?.fields[0]?.values).toEqual(['login [flow], logout, list-logins']);
    expect((await next(dialog, { line: ['dance'] })).form?.fields[0]?.values).toEqual(['Unknown command, use the `help` command for help.']);
    await dialog.close();
  });
});
