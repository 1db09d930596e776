/** What the engine makes of a login that a dialog of a bridge brought: a new account, or one that signs in again. */
import { expect, it } from 'vitest';
import type { AccountBefore, LoginResult, LoginValues } from '#bridge';
import type { AccountRow, DialogView, RpcError } from '#rpc';
import { startEngine, type EngineClient } from '../../kit/engine-client.ts';
import { createFakeBridge, type FakeBridge } from '../../kit/fake-bridge.ts';
import { createFakeDialog } from '../../kit/fake-dialogs.ts';

const bridgeId = 'fake' as AccountRow['bridgeId'];

interface Stage {
  readonly client: EngineClient;
  readonly bridge: FakeBridge;
  readonly befores: (AccountBefore | undefined)[];
  readonly kept: string[];
}

/** A bridge whose pages let `who` in; the secrets of a login are told by a number. */
const stage = async (who: () => string): Promise<Stage> => {
  const befores: (AccountBefore | undefined)[] = [];
  const kept: string[] = [];
  let count = 0;
  const login = async (flowId: string, values: LoginValues, _signal: AbortSignal, before?: AccountBefore): Promise<LoginResult> => {
    befores.push(before);
    const keys = await before?.secrets.get('keys');
    return { address: values['who'] ?? '', displayName: null, settings: {}, secrets: { token: `${flowId} ${(count += 1)}`, keys: keys ?? 'first keys' } };
  };
  const signInOnWeb: FakeBridge['signInOnWeb'] = async (_server, _signal, before) => {
    befores.push(before);
    return { ...createFakeDialog(), result: () => ({ flowId: 'of-the-page', values: { who: who() } }), kept: () => void kept.push(who()) };
  };
  const bridge: FakeBridge = { ...createFakeBridge(), login, signInOnWeb };
  return { client: await startEngine({ bridges: [bridge] }), bridge, befores, kept };
};

const signIn = ({ client }: Stage): Promise<DialogView> => client.call('dialogs.signIn', { bridgeId, server: 'fake' });
const codeOf = (asked: Promise<unknown>): Promise<string | undefined> => asked.then(() => undefined, (error: unknown) => (error as RpcError).code);

it('a page leads to an account, by a way that no form has', async () => {
  const set = await stage(() => 'ana@fake');
  const { id } = await signIn(set);
  expect(await set.client.call('dialogs.addAccount', { id })).toMatchObject({ address: 'ana@fake' });
  expect(set.kept).toEqual(['ana@fake']);
  // A page of ours cannot go that way by itself.
  expect(await codeOf(set.client.call('accounts.add', { bridgeId, flowId: 'of-the-page', values: { who: 'eve@fake' } }))).toBe('invalid-input');
});

it('an account that is here already is not added, and its new session not kept', async () => {
  const set = await stage(() => 'ana@fake');
  await set.client.call('dialogs.addAccount', { id: (await signIn(set)).id });
  const { id } = await signIn(set);
  expect(await codeOf(set.client.call('dialogs.addAccount', { id }))).toBe('already-exists');
  expect(set.kept).toEqual(['ana@fake']);
});

it('an account signs in again in place, with what was known of it', async () => {
  const set = await stage(() => 'ana@fake');
  const account = await set.client.call('dialogs.addAccount', { id: (await signIn(set)).id });
  const { id } = await set.client.call('dialogs.signInAgain', { accountId: account.id });
  expect(await set.client.call('dialogs.addAccount', { id })).toMatchObject({ id: account.id, address: 'ana@fake' });
  expect(set.befores.map((before) => before?.account.address)).toEqual([undefined, undefined, 'ana@fake', 'ana@fake']);
  const { host } = set.bridge.sessions.at(-1) ?? {};
  expect(await host?.secrets.get('token')).toBe('of-the-page 2');
  expect(await host?.secrets.get('keys')).toBe('first keys');
  expect(await set.client.accounts()).toHaveLength(1);
});

it('somebody else does not take its place', async () => {
  let who = 'ana@fake';
  const set = await stage(() => who);
  const account = await set.client.call('dialogs.addAccount', { id: (await signIn(set)).id });
  who = 'eve@fake';
  const { id } = await set.client.call('dialogs.signInAgain', { accountId: account.id });
  expect(await codeOf(set.client.call('dialogs.addAccount', { id }))).toBe('other-account');
  expect(set.kept).toEqual(['ana@fake']);
  expect(await set.bridge.sessions.at(-1)?.host.secrets.get('token')).toBe('of-the-page 1');
});
