// @vitest-environment jsdom
import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { defineComponent } from 'vue';
import type { AccountRow, ConversationId, MessageId, RefusedAction, Shell } from '#rpc';
import AccountBanners from '../../../renderer/features/accounts/AccountBanners.vue';
import { useRefusedActions } from '../../../renderer/features/conversation/useRefusedActions.ts';
import { createMessages } from '../../../renderer/i18n/i18n.ts';
import { createEngineClient, createSession, createVaultGate, engineKey, sessionKey, vaultGateKey } from '../../../renderer/rpc/index.ts';
import { createToasts, toastsKey } from '../../../renderer/ui/useToasts.ts';
import { accounts } from '../../kit/fake-engine/fake-data.ts';
import { createFakeEngine } from '../../kit/fake-engine/fake-engine-port.ts';
import { until } from '../../kit/until.ts';

const setUp = async () => {
  const engine = createFakeEngine({ conversationCount: 1, messageCount: 1 });
  const client = createEngineClient({ connect: () => Promise.resolve(engine) } as unknown as Shell);
  const session = createSession(client);
  const toasts = createToasts();
  await client.connect();
  await until(() => session.isReady);
  const provide = {
    [engineKey as symbol]: client,
    [sessionKey as symbol]: session,
    [toastsKey as symbol]: toasts,
    [vaultGateKey as symbol]: createVaultGate(session),
  };
  return { engine, toasts, global: { plugins: [createMessages()], provide } };
};

describe('an account that cannot be reached', () => {
  it('stands in a banner with the time since when', async () => {
    const { engine, global } = await setUp();
    const view = mount(AccountBanners, { global });
    const [shop, ...others] = accounts as [AccountRow, ...AccountRow[]];
    const lostAtMs = new Date().setHours(0, 7, 0, 0);
    const lost: AccountRow = { ...shop, state: 'connecting', fault: { code: 'server-unreachable', server: 'levante.example' }, offlineSinceMs: lostAtMs };
    engine.raise('accounts.changed', { accounts: [lost, ...others] });
    await until(() => view.text().includes('Shop'));
    expect(view.text()).toContain('Shop cannot be reached since 00:07: The server levante.example does not answer.');
    view.unmount();
  });
});

describe('what the network refused', () => {
  it.each<[RefusedAction, string]>([
    ['edit', 'The edit was refused; the text stands as it was before.'],
    ['delete', 'The message could not be deleted for the others and is still there.'],
    ['react', 'The reaction was refused and taken back.'],
    ['vote', 'The vote was refused and does not count.'],
  ])('is said, with the reason and the way there: %s', async (action, words) => {
    const { engine, toasts, global } = await setUp();
    const opened: [number, number][] = [];
    const screen = defineComponent({ setup: () => (useRefusedActions((...place) => opened.push(place)), () => null) });
    const view = mount(screen, { global });
    engine.raise('action.refused', { conversationId: 4 as ConversationId, messageId: 9 as MessageId, action, fault: { code: 'forbidden' } });
    await until(() => toasts.list.value.length === 1);
    expect(toasts.list.value[0]).toMatchObject({ tone: 'problem', text: `${words} The server does not allow this. Ask the people who run it.` });
    toasts.list.value[0]?.act?.();
    expect(opened).toEqual([[4, 9]]);
    view.unmount();
  });
});
