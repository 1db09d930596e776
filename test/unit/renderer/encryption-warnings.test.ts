// @vitest-environment jsdom
// needs: nothing
import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { AccountRow, ConversationDetail, ConversationRow, RpcError, RpcOutput, Shell } from '#rpc';
import DevicesSign from '../../../renderer/features/encryption/DevicesSign.vue';
import IdentityBanners from '../../../renderer/features/encryption/IdentityBanners.vue';
import { createMessages } from '../../../renderer/i18n/i18n.ts';
import { createEngineClient, createSession, engineKey, sessionKey } from '../../../renderer/rpc/index.ts';
import { accounts, makeConversations } from '../../kit/fake-engine/fake-data.ts';
import { createFakeEngine } from '../../kit/fake-engine/fake-engine-port.ts';
import { until } from '../../kit/until.ts';

type Warnings = RpcOutput<'encryption.warnings'>;
const quiet: Warnings = { changedPeople: [], unverifiedDevices: { count: 0, devicePolicy: 'all' } };
const marta = { address: '@marta:levante.example', name: 'Marta' };
const offline: RpcError = { code: 'offline', message: 'offline', isRetryable: true };

const open = async (parts: typeof IdentityBanners | typeof DevicesSign, first: Warnings | RpcError, row: Partial<ConversationRow> = {}) => {
  let answer = first;
  const [found] = makeConversations(1, 0);
  if (found === undefined) throw new Error('no conversation');
  const { accountId } = found;
  const able = (state: AccountRow['state']): AccountRow[] => accounts.map((one) => ({ ...one, state, abilities: ['encryption'] }) as AccountRow);
  const engine = createFakeEngine({
    conversationCount: 1,
    messageCount: 1,
    answers: {
      'encryption.warnings': () => {
        if ('code' in answer) throw Object.assign(new Error(answer.message), answer);
        return answer;
      },
    },
  });
  const client = createEngineClient({ connect: () => Promise.resolve(engine) } as unknown as Shell);
  const session = createSession(client);
  await client.connect();
  await until(() => session.isReady);
  engine.raise('accounts.changed', { accounts: able('online') });
  await until(() => session.accounts.some(({ abilities }) => abilities.includes('encryption')));
  const detail = { row: { ...found, kind: 'direct', security: 'encrypted', membership: 'joined', ...row } } as unknown as ConversationDetail;
  const view = mount(parts as typeof IdentityBanners, {
    props: { detail },
    global: { plugins: [createMessages()], provide: { [engineKey as symbol]: client, [sessionKey as symbol]: session } },
    attachTo: document.body,
  });
  await flushPromises();
  const asked = (): number => engine.calls.filter(({ method }) => method === 'encryption.warnings').length;
  return {
    ...{ view, engine, asked, able },
    say: (next: Warnings) => {
      answer = next;
      engine.raise('encryption.changed', { accountId });
    },
    now: (next: Warnings) => (answer = next),
  };
};

describe('a person with another identity than the one we knew', () => {
  it('is named above the conversation as soon as it is known, until it is right again', async () => {
    const { view, say } = await open(IdentityBanners, quiet);
    expect(view.find('[data-testid="identity-banner"]').exists()).toBe(false);
    say({ ...quiet, changedPeople: [marta] });
    await until(() => view.text().includes('The identity of Marta (@marta:levante.example) has changed.'));
    expect(view.find('[data-testid="identity-verify"]').exists()).toBe(true);
    expect(view.find('[data-testid="identity-approve"]').exists()).toBe(true);
    say(quiet);
    await until(() => !view.find('[data-testid="identity-banner"]').exists());
    view.unmount();
  });

  it('of a room is not verified from there, and many make no wall of lines', async () => {
    const many = ['a', 'b', 'c', 'd'].map((name) => ({ address: `@${name}:x`, name: `@${name}:x` }));
    const { view } = await open(IdentityBanners, { ...quiet, changedPeople: many }, { kind: 'group' });
    await until(() => view.findAll('[data-testid="identity-banner"]').length === 2);
    expect(view.text()).toContain('The same is true of 2 more.');
    expect(view.find('[data-testid="identity-verify"]').exists()).toBe(false);
    view.unmount();
  });

  it('is asked for again when the account runs, and never where nothing is encrypted', async () => {
    const { view, engine, able, now } = await open(IdentityBanners, offline);
    expect(view.find('[data-testid="identity-banner"]').exists()).toBe(false);
    now({ ...quiet, changedPeople: [marta] });
    engine.raise('accounts.changed', { accounts: able('connecting') });
    engine.raise('accounts.changed', { accounts: able('online') });
    await until(() => view.find('[data-testid="identity-banner"]').exists());
    view.unmount();
    const plain = await open(IdentityBanners, { ...quiet, changedPeople: [marta] }, { security: 'plain' });
    expect(plain.asked()).toBe(0);
    plain.view.unmount();
  });
});

describe('devices nobody vouches for', () => {
  it.each([
    ['all', 1, 'A device in this conversation that its owner has not verified can read what you write.'],
    ['verified', 3, '3 devices in this conversation that their owners have not verified get no keys from you.'],
  ] as const)('are a sign that says what they may: %s', async (devicePolicy, count, words) => {
    const { view, say } = await open(DevicesSign, quiet);
    expect(view.find('[data-testid="devices-sign"]').exists()).toBe(false);
    say({ ...quiet, unverifiedDevices: { count, devicePolicy } });
    await until(() => view.find('[data-testid="devices-sign"]').exists());
    expect(view.get('[data-testid="devices-sign"]').attributes('aria-label')).toBe(words);
    view.unmount();
  });
});
