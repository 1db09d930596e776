// @vitest-environment jsdom
// needs: nothing
import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { noCapabilities } from '#model';
import type { AddressRow, ConversationRow, Shell } from '#rpc';
import MessageComposer from '../../../renderer/features/composer/MessageComposer.vue';
import { createMessages } from '../../../renderer/i18n/i18n.ts';
import { createEngineClient, createSession, engineKey, sessionKey, type ConversationDetail } from '../../../renderer/rpc/index.ts';
import { makeConversations } from '../../kit/fake-engine/fake-data.ts';
import { createFakeEngine } from '../../kit/fake-engine/fake-engine-port.ts';
import { until } from '../../kit/until.ts';

const [plainRow] = makeConversations(1, 0);

const open = async (row: Partial<ConversationRow>, capabilities: Partial<ConversationDetail['capabilities']>, names: readonly string[] = []) => {
  const engine = createFakeEngine({ conversationCount: 1, messageCount: 1 });
  const client = createEngineClient({ connect: () => Promise.resolve(engine) } as unknown as Shell);
  const session = createSession(client);
  await client.connect();
  const detail = {
    row: { ...plainRow!, ...row },
    topic: null,
    invitation: null,
    accountAddress: 'a@b',
    capabilities: { ...noCapabilities, ...capabilities },
    draft: '',
    person: null,
    participants: names.map((displayName, index) => ({ id: index, displayName, handle: displayName }) as unknown as AddressRow),
    participantCount: names.length,
    typing: [],
    files: [],
    readUpToId: null,
  } as unknown as ConversationDetail;
  const view = mount(MessageComposer, {
    props: { detail, replyTo: null, editing: null, networkName: 'XMPP', isOffline: false },
    global: { plugins: [createMessages()], provide: { [engineKey as symbol]: client, [sessionKey as symbol]: session } },
    attachTo: document.body,
  });
  await flushPromises();
  return { view, engine };
};

describe('an encrypted conversation', () => {
  it('takes nothing, and asks twice before it does', async () => {
    const { view, engine } = await open({ security: 'encrypted' }, { sendBlockedBy: 'encrypted', canAllowPlain: true });
    expect(view.find('[data-testid="composer-input"]').exists()).toBe(false);
    await view.get('[data-testid="allow-plain"]').trigger('click');
    expect(engine.calls.some(({ method }) => method === 'conversations.allowPlain')).toBe(false);
    await until(() => document.querySelector('[data-testid="confirm-action"]') !== null);
    document.querySelector<HTMLElement>('[data-testid="confirm-action"]')?.click();
    await until(() => engine.calls.some(({ method }) => method === 'conversations.allowPlain'));
    view.unmount();
  });

  it('offers nothing where the network refuses for good', async () => {
    const { view } = await open({ security: 'encrypted' }, { sendBlockedBy: 'encrypted', canAllowPlain: false });
    expect(view.find('[data-testid="composer-blocked"]').exists()).toBe(true);
    expect(view.find('[data-testid="allow-plain"]').exists()).toBe(false);
    view.unmount();
  });

  it('leads back', async () => {
    const { view, engine } = await open({ security: 'encrypted' }, { canSend: true, encrypts: false });
    await view.get('[data-testid="forbid-plain"]').trigger('click');
    await until(() => engine.calls.some(({ method }) => method === 'conversations.forbidPlain'));
    view.unmount();
  });

  it('reminds as long as it goes out unencrypted, and only then', async () => {
    const warns = async (row: Partial<ConversationRow>, encrypts: boolean): Promise<boolean> => {
      const { view } = await open(row, { canSend: true, encrypts });
      const isShown = view.find('[data-testid="plain-warning"]').exists();
      view.unmount();
      return isShown;
    };
    expect(await warns({ security: 'encrypted' }, false)).toBe(true);
    expect(await warns({ security: 'encrypted' }, true)).toBe(false);
    expect(await warns({ security: 'plain' }, false)).toBe(false);
  });
});

describe('names in a room', () => {
  it('come behind an @, by keys alone', async () => {
    const { view } = await open({ kind: 'group' }, { canSend: true }, ['Jordi', 'Marta Ruiz', 'Martin']);
    const input = view.get<HTMLTextAreaElement>('[data-testid="composer-input"]');
    await input.setValue('@mar');
    expect(view.findAll('[data-testid="mentions"] [role="option"]').map((one) => one.text())).toEqual(['Marta Ruiz', 'Martin']);
    await input.trigger('keydown', { key: 'ArrowDown' });
    expect(view.get('[aria-selected="true"]').text()).toBe('Martin');
    expect(input.attributes('aria-activedescendant')).toBe(view.get('[aria-selected="true"]').attributes('id'));
    await input.trigger('keydown', { key: 'Enter' });
    expect(input.element.value).toBe('Martin: ');
    expect(view.find('[data-testid="mentions"]').exists()).toBe(false);
    expect(view.emitted('sent')).toBeUndefined();
    view.unmount();
  });

  it('do not come up between two people', async () => {
    const { view } = await open({ kind: 'direct' }, { canSend: true }, ['Marta']);
    await view.get('[data-testid="composer-input"]').setValue('@mar');
    expect(view.find('[data-testid="mentions"]').exists()).toBe(false);
    view.unmount();
  });
});
