// @vitest-environment jsdom
import { mount, flushPromises } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { noCapabilities, type ConversationCapabilities, type Membership } from '#model';
import type { ClientFrame, Shell } from '#rpc';
import { namedPeople } from '../../../renderer/features/composer/named-people.ts';
import { useWishes } from '../../../renderer/features/composer/useWishes.ts';
import MessageComposer from '../../../renderer/features/composer/MessageComposer.vue';
import ConversationListRow from '../../../renderer/features/inbox/ConversationListRow.vue';
import ConversationSettings from '../../../renderer/features/rooms/ConversationSettings.vue';
import { createMessages } from '../../../renderer/i18n/i18n.ts';
import { createEngineClient, createSession, engineKey, sessionKey, type AddressId, type ConversationDetail } from '../../../renderer/rpc/index.ts';
import { createToasts, toastsKey } from '../../../renderer/ui/useToasts.ts';
import { makeConversations } from '../../kit/fake-engine/fake-data.ts';
import { createFakeEngine } from '../../kit/fake-engine/fake-engine-port.ts';
import { until } from '../../kit/until.ts';

const [row] = makeConversations(1, 0);
if (row === undefined) throw new Error('no row');

describe('what is wished for a message', () => {
  it('hides one message, and lets all disappear until that is taken back', () => {
    const rules: Partial<ConversationCapabilities> = { canHide: true, canExpire: true };
    const wishes = useWishes(() => rules);
    expect(wishes.hints.value).toBeUndefined();
    wishes.isHidden.value = true;
    wishes.words.value = ' the end ';
    wishes.lifetimeMs.value = 60_000;
    expect(wishes.hints.value).toEqual({ spoiler: 'the end', lifetimeMs: 60_000 });
    wishes.sent();
    expect(wishes.hints.value).toEqual({ lifetimeMs: 60_000 });
  });

  it('is nothing where the network has no such thing', () => {
    const wishes = useWishes(() => ({}));
    wishes.isHidden.value = true;
    wishes.lifetimeMs.value = 60_000;
    expect(wishes.hints.value).toBeUndefined();
  });
});

describe('names that were picked', () => {
  it('are found where they still stand, as words of their own', () => {
    const picked = new Map([['Ann', 1 as AddressId], ['Ben M', 2 as AddressId], ['Gone', 3 as AddressId]]);
    expect(namedPeople('Anna and Ann, Ben M: hi', picked)).toEqual([
      { personId: 1, start: 9, end: 12 },
      { personId: 2, start: 14, end: 19 },
    ]);
  });
});

describe('the composer', () => {
  it('offers the menu only where it can, and sends whom was picked', async () => {
    const engine = createFakeEngine({ conversationCount: 1, messageCount: 1 });
    const client = createEngineClient({ connect: () => Promise.resolve(engine) } as unknown as Shell);
    const session = createSession(client);
    await client.connect();
    const person = { id: 7 as AddressId, displayName: 'Anna M', handle: 'r@m/Anna M', isSelf: false } as unknown as ConversationDetail['participants'][number];
    const detail = (more: Partial<ConversationCapabilities>): ConversationDetail => ({
      row: { ...row, kind: 'group' }, topic: null, invitation: null, accountAddress: 'a@b', draft: '', person: null,
      capabilities: { ...noCapabilities, canSend: true, ...more },
      participants: [person], participantCount: 1, typing: [], files: [], readUpToId: null, threads: { count: 0, unreadCount: 0 }, pinnedIds: [], pinCount: 0,
    });
    const view = mount(MessageComposer, {
      props: { detail: detail({}), replyTo: null, editing: null, networkName: 'XMPP', isOffline: false },
      global: { plugins: [createMessages()], provide: { [engineKey as symbol]: client, [sessionKey as symbol]: session } },
      attachTo: document.body,
    });
    expect(view.find('[data-testid="wishes"]').exists()).toBe(false);
    await view.setProps({ detail: detail({ canHide: true }) });
    expect(view.find('[data-testid="wishes"]').exists()).toBe(true);
    const input = view.get<HTMLTextAreaElement>('[data-testid="composer-input"]');
    input.element.value = '@an';
    input.element.setSelectionRange(3, 3);
    await input.trigger('input');
    await input.trigger('keydown', { key: 'Enter' });
    await flushPromises();
    expect(input.element.value).toBe('Anna M: ');
    await input.trigger('keydown', { key: 'Enter' });
    const sent = (): ClientFrame[] => engine.calls.filter((call) => call.method === 'messages.send');
    await until(() => sent().length === 1);
    expect(sent()[0]?.input).toMatchObject({ text: 'Anna M: ', mentions: [{ personId: 7, start: 0, end: 6 }] });
    view.unmount();
  });
});

describe('a row that waits for a decision', () => {
  const view = (membership: Membership) =>
    mount(ConversationListRow, { props: { row: { ...row, membership }, account: undefined, isSelected: false }, global: { plugins: [createMessages()] } });

  it('decides without being opened', async () => {
    for (const membership of ['invited', 'requested'] as const) {
      const waiting = view(membership);
      await waiting.get('[data-testid="row-accept"]').trigger('click');
      await waiting.get('[data-testid="row-decline"]').trigger('click');
      expect(waiting.emitted('decide')).toEqual([['accept'], ['leave']]);
    }
    expect(view('joined').find('[data-testid="row-accept"]').exists()).toBe(false);
  });
});

describe('pin and level', () => {
  it('are said to stay here where the network keeps neither', () => {
    const engine = createFakeEngine({ conversationCount: 1, messageCount: 1 });
    const client = createEngineClient({ connect: () => Promise.resolve(engine) } as unknown as Shell);
    const provide = { [engineKey as symbol]: client, [sessionKey as symbol]: createSession(client), [toastsKey as symbol]: createToasts() };
    const texts = [true, false].map((isLocal) => mount(ConversationSettings, { props: { row, isLocal }, global: { plugins: [createMessages()], provide } }).text());
    expect(texts.map((text) => text.includes('stays on this computer'))).toEqual([true, false]);
  });
});
