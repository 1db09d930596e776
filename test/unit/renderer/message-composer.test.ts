// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { noCapabilities } from '#model';
import type { ClientFrame, Shell } from '#rpc';
import MessageComposer from '../../../renderer/features/composer/MessageComposer.vue';
import { createMessages } from '../../../renderer/i18n/i18n.ts';
import { createEngineClient, createSession, engineKey, sessionKey, type ConversationDetail } from '../../../renderer/rpc/index.ts';
import { makeConversations } from '../../kit/fake-engine/fake-data.ts';
import { createFakeEngine } from '../../kit/fake-engine/fake-engine-port.ts';
import { until } from '../../kit/until.ts';

const [row] = makeConversations(1, 0);
const detailWith = (capabilities: Partial<ConversationDetail['capabilities']>): ConversationDetail => ({
  row: row!,
  topic: null, invitation: null,
  accountAddress: 'a@b',
  capabilities: { ...noCapabilities, canSend: true, canSendFiles: true, ...capabilities },
  draft: '',
  person: null,
  participants: [],
  participantCount: 1,
  typing: [],
  files: [],
  readUpToId: null, threads: { count: 0, unreadCount: 0 }, pinnedIds: [], pinCount: 0,
});

const setUp = async (capabilities: Partial<ConversationDetail['capabilities']> = {}) => {
  const engine = createFakeEngine({ conversationCount: 1, messageCount: 1 });
  const client = createEngineClient({ connect: () => Promise.resolve(engine) } as unknown as Shell);
  const session = createSession(client);
  await client.connect();
  const view = mount(MessageComposer, {
    props: { detail: detailWith(capabilities), replyTo: null, editing: null, networkName: 'XMPP', isOffline: false },
    global: { plugins: [createMessages()], provide: { [engineKey as symbol]: client, [sessionKey as symbol]: session } },
    attachTo: document.body,
  });
  const sent = (): ClientFrame[] => engine.calls.filter((call) => call.method === 'messages.send');
  return { view, sent, input: () => view.get<HTMLTextAreaElement>('[data-testid="composer-input"]') };
};

describe('writing a message', () => {
  it('sends with Enter, keeps a line break with Shift, and leaves Ctrl+Enter to the push', async () => {
    const { view, sent, input } = await setUp();
    await input().setValue('hello');
    await input().trigger('keydown', { key: 'Enter', shiftKey: true });
    await input().trigger('keydown', { key: 'Enter', ctrlKey: true });
    expect(sent()).toEqual([]);
    await input().trigger('keydown', { key: 'Enter' });
    await until(() => view.emitted('sent'));
    expect(sent()).toHaveLength(1);
    expect(sent()[0]?.input).toMatchObject({ text: 'hello', files: [], replyToId: null });
    expect(input().element.value).toBe('');
    view.unmount();
  });

  it('takes plain text out of a paste and leaves its markup behind', async () => {
    const { view, input } = await setUp();
    const paste = new Event('paste', { bubbles: true, cancelable: true });
    const data: Readonly<Record<string, string>> = { 'text/plain': 'plain words', 'text/html': '<b style="position:fixed">styled</b>' };
    Object.assign(paste, { clipboardData: { files: [], getData: (type: string) => data[type] ?? '' } });
    input().element.dispatchEvent(paste);
    await flushPromises();
    expect(paste.defaultPrevented).toBe(true);
    expect(input().element.value).toBe('plain words');
    expect(view.find('b').exists()).toBe(false);
    view.unmount();
  });

  it('says why where nothing may be sent in clear, and offers no field', async () => {
    const { view } = await setUp({ canSend: false, sendBlockedBy: 'encrypted' });
    expect(view.find('[data-testid="composer-input"]').exists()).toBe(false);
    expect(view.get('[data-testid="composer-blocked"]').text()).toContain('encrypted end to end');
    view.unmount();
  });

  it('does not send what is too long for the network', async () => {
    const { view, sent, input } = await setUp({ maxTextLength: 5 });
    await input().setValue('too long');
    await input().trigger('keydown', { key: 'Enter' });
    expect(sent()).toEqual([]);
    expect(view.get('[role="alert"]').text()).toContain('3');
    view.unmount();
  });
});
