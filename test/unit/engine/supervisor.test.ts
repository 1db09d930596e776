import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BridgeError, type LoginValues } from '#bridge';
import { addFakeAccount, startEngine } from '../../kit/engine-client.ts';
import { conversationEvents, createFakeBridge, messageEvent, stateEvent, type FakeBridge } from '../../kit/fake-bridge.ts';
import { filesContaining } from '../../kit/files-containing.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';

const fields = { bridgeId: 'fake', flowId: 'password' } as never as { bridgeId: never; flowId: string };
const values = { address: 'me@fake', password: 'secret' };

describe('adding an account', () => {
  it('signs in, keeps secrets for the session and connects', async () => {
    const bridge = createFakeBridge();
    const client = await startEngine({ bridges: [bridge] });
    const account = await addFakeAccount(client);
    expect(account).toMatchObject({ address: 'me@fake', network: 'fake', isEnabled: true });
    expect(await bridge.current().host.secrets.get('password')).toBe('secret');
    await until(() => client.of('accounts.changed').at(-1)?.accounts[0]?.state === 'online');
  });

  it.each(['wrong-password', 'server-unreachable', 'certificate-invalid', 'wrong-address'] as const)(
    'passes on %s and keeps nothing',
    async (code) => {
      const bridge = createFakeBridge({
        login: async () => {
          throw new BridgeError(code, { server: 'fake.example' });
        },
      });
      const client = await startEngine({ bridges: [bridge] });
      const { error } = await client.raw('accounts.add', { ...fields, values });
      expect(error).toMatchObject({ code, server: 'fake.example' });
      expect(await client.accounts()).toEqual([]);
    },
  );

  it('asks for what the form needs before it asks the server', async () => {
    const bridge = createFakeBridge();
    const client = await startEngine({ bridges: [bridge] });
    const refuse = async (given: Record<string, string>): Promise<string | undefined> =>
      (await client.raw('accounts.add', { ...fields, values: given })).error?.code;
    expect(await refuse({ address: 'me@fake' })).toBe('invalid-input');
    expect(await refuse({ ...values, port: '70000' })).toBe('invalid-input');
    expect((await client.raw('accounts.add', { ...fields, bridgeId: 'nothing', values })).error?.code).toBe('not-found');
    expect((await client.raw('accounts.add', { ...fields, flowId: 'nothing', values })).error?.code).toBe('invalid-input');
    expect(bridge.logins).toEqual([]);
  });

  it('trims addresses and leaves passwords as they are; drops what is no field', async () => {
    const bridge = createFakeBridge();
    const client = await startEngine({ bridges: [bridge] });
    await client.raw('accounts.add', { ...fields, values: { address: ' me@fake ', password: ' x ', unknown: 'y' } });
    expect(bridge.logins).toEqual([{ address: 'me@fake', password: ' x ' }]);
  });

  it('takes several accounts of a network, but each once', async () => {
    const client = await startEngine({ bridges: [createFakeBridge()] });
    await addFakeAccount(client, 'one@fake');
    await addFakeAccount(client, 'two@fake');
    const { error } = await client.raw('accounts.add', { ...fields, values: { ...values, address: 'one@fake' } });
    expect(error?.code).toBe('already-exists');
    const rows = await client.accounts();
    expect(rows.map(({ address }) => address)).toEqual(['one@fake', 'two@fake']);
    expect(new Set(rows.map(({ color }) => color)).size).toBe(2);
  });
});

describe('an account that cannot be reached', () => {
  it('says since when, through every try, until it is back', async () => {
    let nowMs = 1_800_000_000_000;
    const bridge = createFakeBridge();
    const client = await startEngine({ bridges: [bridge], now: () => nowMs });
    await addFakeAccount(client);
    const since = async (): Promise<number | null | undefined> => (await client.accounts())[0]?.offlineSinceMs;
    expect(await since()).toBeNull();
    const lostAtMs = (nowMs += 60_000);
    await bridge.say(stateEvent('offline', { code: 'server-unreachable' }));
    expect(await since()).toBe(lostAtMs);
    nowMs += 60_000;
    await bridge.say(stateEvent('connecting'));
    await bridge.say(stateEvent('offline'));
    expect(await since()).toBe(lostAtMs);
    await bridge.say(stateEvent('online'));
    expect(await since()).toBeNull();
    nowMs += 60_000;
    await bridge.say(stateEvent('offline'));
    expect(await since()).toBe(nowMs);
    const { id } = (await client.accounts())[0] ?? {};
    if (id === undefined) throw new Error('no account');
    expect((await client.call('accounts.update', { id, patch: { isEnabled: false } })).offlineSinceMs).toBeNull();
  });
});

describe('a bridge that misbehaves', () => {
  it.each([
    ['throws while opening', { open: () => { throw new Error('broken'); } }],
    ['fails to start', { start: async () => { throw new Error('broken'); } }],
  ])('%s: the account shows it, the engine goes on', async (_, behaviour) => {
    const client = await startEngine({ bridges: [createFakeBridge(behaviour)] });
    await client.call('accounts.add', { ...fields, values });
    await until(async () => (await client.accounts())[0]?.fault?.code === 'internal');
    expect((await client.accounts())[0]).toMatchObject({ state: 'offline', fault: { retryAtMs: expect.any(Number) } });
  });

  it('is tried again at once when a person asks', async () => {
    let isBroken = true;
    const bridge = createFakeBridge({
      open: () => {
        if (isBroken) throw new Error('broken');
      },
    });
    const client = await startEngine({ bridges: [bridge] });
    const account = await client.call('accounts.add', { ...fields, values });
    isBroken = false;
    await client.call('accounts.reconnect', { id: account.id });
    await until(async () => (await client.accounts())[0]?.state === 'online');
    await client.call('accounts.reconnect', { id: account.id });
    expect(bridge.current().calls.map(({ name }) => name)).toEqual(['reconnect']);
  });

  it('that hangs while stopping does not hang the engine', async () => {
    const bridge = createFakeBridge({ stop: () => new Promise(() => {}) });
    const client = await startEngine({ bridges: [bridge] });
    await addFakeAccount(client);
    await client.stop();
  });

  it('may say nothing any more after it was stopped', async () => {
    const bridge = createFakeBridge();
    const client = await startEngine({ bridges: [bridge] });
    const { id } = await addFakeAccount(client);
    const { host } = bridge.current();
    await client.call('accounts.update', { id, patch: { isEnabled: false } });
    await expect(host.emit(conversationEvents('late'))).rejects.toMatchObject({ fault: { code: 'cancelled' } });
    expect(host.signal.aborted).toBe(true);
    expect(await client.conversations()).toEqual([]);
  });
});

describe('states', () => {
  it('shows what the bridge says, with its fault', async () => {
    const bridge = createFakeBridge();
    const client = await startEngine({ bridges: [bridge] });
    await addFakeAccount(client);
    await bridge.say(stateEvent('offline', { code: 'certificate-invalid', server: 'fake.example' }));
    expect((await client.accounts())[0]).toMatchObject({ state: 'offline', fault: { code: 'certificate-invalid' } });
  });

  it('switches off and on', async () => {
    const bridge = createFakeBridge();
    const client = await startEngine({ bridges: [bridge] });
    const { id } = await addFakeAccount(client);
    expect(await client.call('accounts.update', { id, patch: { isEnabled: false } })).toMatchObject({ state: 'disabled' });
    expect(bridge.sessions[0]?.isStopped).toBe(true);
    await client.call('accounts.update', { id, patch: { isEnabled: true, label: 'Shop', color: 3 } });
    await until(async () => (await client.accounts())[0]?.state === 'online');
    expect((await client.accounts())[0]).toMatchObject({ label: 'Shop', color: 3 });
  });

  it('gives the saved state back after a restart, and shows the inbox before any network answers', async () => {
    const bridge = createFakeBridge();
    const first = await startEngine({ bridges: [bridge] });
    await addFakeAccount(first);
    await bridge.current().host.emit([...conversationEvents('chat'), messageEvent('chat', 'm1', 'Hello', Date.now())], { cursor: 7 });
    await first.stop();

    const silent = createFakeBridge({ start: () => new Promise(() => {}) });
    const { profileDir, vaultKey } = first;
    const second = await startEngine({ bridges: [silent], profileDir, vaultKey });
    expect((await second.conversations()).map(({ lastText }) => lastText)).toEqual(['Hello']);
    await until(() => silent.sessions.length === 1);
    expect(silent.sessions[0]?.savedState).toEqual({ cursor: 7 });
    expect((await second.accounts())[0]?.state).toBe('connecting');
  });

  it('refuses a second engine on the same profile', async () => {
    const { profileDir } = await startEngine();
    await expect(startEngine({ profileDir })).rejects.toMatchObject({ code: 'profile-in-use' });
  });

  it('reconnects when the computer wakes up', async () => {
    const bridge = createFakeBridge();
    const client = await startEngine({ bridges: [bridge] });
    await addFakeAccount(client);
    await client.engine.host['host.wake']({});
    expect(bridge.current().calls.map(({ name }) => name)).toEqual(['reconnect']);
  });
});

describe('signing in again', () => {
  it('replaces the secret in place and knows what need not be typed', async () => {
    const bridge = createFakeBridge({ login: async () => ({ settings: { port: 5222 } }) });
    const client = await startEngine({ bridges: [bridge] });
    const { id } = await addFakeAccount(client);
    await client.call('accounts.renew', { id, values: { password: 'newer' } });
    expect(bridge.logins.at(-1)).toEqual({ address: 'me@fake', password: 'newer', port: '5222' });
    expect(await bridge.current().host.secrets.get('password')).toBe('newer');
    expect(bridge.sessions).toHaveLength(2);
    expect(await client.accounts()).toHaveLength(1);
  });

  it('keeps a further password for where it was given, and what does not belong to the sign-in', async () => {
    const signedIn = async (given: LoginValues) => ({
      settings: { proxyHost: given['proxyHost'] ?? '' },
      secrets: { password: given['password'] ?? '', ...(given['proxyPassword'] === undefined ? {} : { proxy: given['proxyPassword'] }) },
    });
    const fake = createFakeBridge({ login: signedIn });
    const [flow] = fake.loginFlows;
    const proxyHost = { name: 'proxyHost', kind: 'text', isRequired: false, isAdvanced: true } as const;
    const proxyPassword = { name: 'proxyPassword', kind: 'password', isRequired: false, isAdvanced: true, kept: { secret: 'proxy', with: ['proxyHost'] } } as const;
    const bridge: FakeBridge = Object.assign(fake, {
      loginFlows: [{ id: 'password', fields: [...(flow?.fields ?? []), proxyHost, proxyPassword] }],
      outlivesSignIn: (name: string) => name.startsWith('room:'),
    });
    const client = await startEngine({ bridges: [bridge] });
    const { id } = await client.call('accounts.add', {
      ...fields,
      values: { address: 'me@fake', password: 'old', proxyHost: 'proxy.example', proxyPassword: 's3same' },
    });
    await bridge.current().host.secrets.set('room:a', 'of the room');
    await bridge.current().host.secrets.set('token', 'of the old sign-in');
    await client.call('accounts.renew', { id, values: { password: 'new' } });
    expect(bridge.logins.at(-1)).toMatchObject({ proxyHost: 'proxy.example', proxyPassword: 's3same' });
    const { secrets } = bridge.current().host;
    expect([await secrets.get('room:a'), await secrets.get('token'), await secrets.get('proxy')]).toEqual(['of the room', null, 's3same']);
    await client.call('accounts.renew', { id, values: { password: 'new', proxyHost: 'proxy.evil.example' } });
    expect(bridge.logins.at(-1)).toMatchObject({ proxyHost: 'proxy.evil.example' });
    expect(bridge.logins.at(-1)).not.toHaveProperty('proxyPassword');
    expect(JSON.stringify(await client.call('app.start', {}))).not.toContain('kept');
  });

  it('keeps what was there when it fails or is somebody else', async () => {
    let isOther = false;
    const bridge = createFakeBridge({
      login: async (given) => {
        if (given['password'] === 'bad') throw new BridgeError('wrong-password');
        return isOther ? { address: 'other@fake' } : {};
      },
    });
    const client = await startEngine({ bridges: [bridge] });
    const { id } = await addFakeAccount(client);
    expect((await client.raw('accounts.renew', { id, values: { password: 'bad' } })).error?.code).toBe('wrong-password');
    isOther = true;
    expect((await client.raw('accounts.renew', { id, values: { password: 'x' } })).error?.code).toBe('other-account');
    expect(await bridge.current().host.secrets.get('password')).toBe('secret');
  });
});

describe('removing an account', () => {
  it('signs out and leaves neither rows, secrets nor files', async () => {
    const bridge = createFakeBridge();
    const client = await startEngine({ bridges: [bridge] });
    const { id } = await addFakeAccount(client);
    const attachments = [{ remoteId: 'f1', name: 'a.txt', mime: 'text/plain', source: 'x' }];
    await bridge.say(...conversationEvents('chat'), messageEvent('chat', 'm1', 'canary text', Date.now(), { attachments }));
    const [chat] = await client.conversations();
    if (chat === undefined) throw new Error('no conversation');
    const attachmentId = (await client.messages(chat))[0]?.attachments[0]?.id;
    if (attachmentId === undefined) throw new Error('no attachment');
    await client.call('files.fetch', { attachmentId });
    const file = await client.engine.host['host.file']({ attachmentId });
    const { dataDir } = bridge.current().host;

    await client.call('accounts.remove', { id });
    expect(bridge.logouts).toEqual(['me@fake']);
    expect(await client.accounts()).toEqual([]);
    expect(await client.conversations()).toEqual([]);
    expect(existsSync(file?.path ?? '')).toBe(false);
    expect(existsSync(dataDir)).toBe(false);
    await until(() => client.of('conversations.changed').at(-1)?.ids === null);
  });

  it('works when the server does not answer', async () => {
    const bridge = createFakeBridge({
      logout: async () => {
        throw new BridgeError('server-unreachable');
      },
    });
    const client = await startEngine({ bridges: [bridge] });
    const { id } = await addFakeAccount(client);
    await client.call('accounts.remove', { id });
    expect(await client.accounts()).toEqual([]);
  });
});

describe('secrets', () => {
  const canaries = ['canary-password-4711', 'canary-token-4712', 'canary passphrase 4713'] as const;

  it('wait for the passphrase while the inbox works, and never lie in clear anywhere', async () => {
    const bridge = createFakeBridge({
      login: async (given) => ({ secrets: { password: given['password'] ?? '', token: canaries[1] } }),
    });
    const profileDir = tempFolder('profile');
    const first = await startEngine({ bridges: [bridge], profileDir, vaultKey: null });
    expect((await first.raw('accounts.add', { ...fields, values })).error?.code).toBe('locked');
    expect(bridge.logins).toEqual([]);
    await first.call('vault.create', { passphrase: canaries[2] });
    await addFakeAccount(first, 'me@fake', canaries[0]);
    await bridge.say(...conversationEvents('chat'), messageEvent('chat', 'm1', 'Hello', Date.now()));
    await first.stop();

    const second = await startEngine({ bridges: [bridge], profileDir, vaultKey: null });
    expect((await second.call('app.start', {})).protection).toBe('passphrase-locked');
    await until(async () => (await second.accounts())[0]?.state === 'locked');
    expect(await second.conversations()).toHaveLength(1);
    expect((await second.raw('vault.unlock', { passphrase: 'wrong' })).error?.code).toBe('wrong-passphrase');
    await second.call('vault.unlock', { passphrase: canaries[2] });
    await until(async () => (await second.accounts())[0]?.state === 'online');
    expect(await bridge.current().host.secrets.get('token')).toBe(canaries[1]);
    await until(() => second.of('vault.changed').at(-1)?.protection === 'passphrase-open');
    expect(filesContaining(profileDir, canaries)).toEqual([]);
    await second.stop();
    expect(filesContaining(profileDir, canaries)).toEqual([]);
  });

  it('of a lost keychain ask to sign in again; nothing is deleted', async () => {
    const bridge = createFakeBridge();
    const first = await startEngine({ bridges: [bridge] });
    await addFakeAccount(first);
    await bridge.say(...conversationEvents('chat'), messageEvent('chat', 'm1', 'Hello', Date.now()));
    await first.stop();

    const second = await startEngine({ bridges: [bridge], profileDir: first.profileDir, vaultKey: randomBytes(32) });
    expect((await second.call('app.start', {})).protection).toBe('passphrase-unset');
    await until(async () => (await second.accounts())[0]?.state === 'locked');
    await second.call('vault.create', { passphrase: 'long enough' });
    await until(async () => (await second.accounts())[0]?.state === 'needs-login');
    const { id } = (await second.accounts())[0] ?? {};
    if (id === undefined) throw new Error('no account');
    await second.call('accounts.renew', { id, values: { password: 'again' } });
    await until(async () => (await second.accounts())[0]?.state === 'online');
    expect(await second.conversations()).toHaveLength(1);
  });

  it('of a forgotten passphrase ask to sign in again; messages stay', async () => {
    const bridge = createFakeBridge();
    const first = await startEngine({ bridges: [bridge], vaultKey: null });
    await first.call('vault.create', { passphrase: 'forgotten soon' });
    await addFakeAccount(first);
    await bridge.say(...conversationEvents('chat'), messageEvent('chat', 'm1', 'Hello', Date.now()));
    await first.stop();

    const second = await startEngine({ bridges: [bridge], profileDir: first.profileDir, vaultKey: null });
    await until(async () => (await second.accounts())[0]?.state === 'locked');
    await second.call('vault.startOver', { passphrase: 'easier to keep' });
    await until(async () => (await second.accounts())[0]?.state === 'needs-login');
    const { id } = (await second.accounts())[0] ?? {};
    if (id === undefined) throw new Error('no account');
    await second.call('accounts.renew', { id, values: { password: 'again' } });
    await until(async () => (await second.accounts())[0]?.state === 'online');
    expect(await second.conversations()).toHaveLength(1);
  });

  it('of a keychain that is back work at once, without the passphrase that was set meanwhile', async () => {
    const bridge = createFakeBridge();
    const vaultKey = randomBytes(32);
    const first = await startEngine({ bridges: [bridge], vaultKey });
    await addFakeAccount(first, 'kept@fake', 'kept-password');
    await addFakeAccount(first, 'renewed@fake', 'old-password');
    await first.stop();

    const { profileDir } = first;
    const without = await startEngine({ bridges: [bridge], profileDir, vaultKey: null });
    await without.call('vault.create', { passphrase: 'long enough' });
    const renewed = (await without.accounts()).find(({ address }) => address === 'renewed@fake');
    if (renewed === undefined) throw new Error('no account');
    await without.call('accounts.renew', { id: renewed.id, values: { password: 'new-password' } });
    await without.stop();

    const back = await startEngine({ bridges: [bridge], profileDir, vaultKey });
    const statesOf = async (): Promise<unknown> => Object.fromEntries((await back.accounts()).map(({ address, state }) => [address, state]));
    await until(async () => (await back.accounts()).some(({ state }) => state === 'online'));
    expect(await statesOf()).toEqual({ 'kept@fake': 'online', 'renewed@fake': 'locked' });
    await back.call('vault.unlock', { passphrase: 'long enough' });
    await until(async () => (await back.accounts()).every(({ state }) => state === 'online'));
    expect((await back.call('app.start', {})).protection).toBe('keychain');
  });

  it('and texts stay out of the log', async () => {
    const bridge = createFakeBridge({
      start: async ({ host }) => {
        host.log.warn('signing in', { password: canaries[0], text: canaries[1] });
        throw new Error(`refused password=${canaries[0]}`);
      },
    });
    const client = await startEngine({ bridges: [bridge] });
    await client.call('accounts.add', { ...fields, values: { address: 'me@fake', password: canaries[0] } });
    await until(async () => (await client.accounts())[0]?.fault?.code === 'internal');
    const log = readFileSync(join(client.profileDir, 'logs', 'engine.log'), 'utf8');
    expect(log).toContain('bridge failed');
    for (const canary of canaries) expect(log).not.toContain(canary);
  });
});
