// @vitest-environment jsdom
// needs: nothing
import { flushPromises, mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import type { MessageRow, Shell } from '#rpc';
import MessageBubble from '../../../renderer/features/conversation/MessageBubble.vue';
import { rowDeedsKey } from '../../../renderer/features/conversation/row-deeds.ts';
import { createMessages } from '../../../renderer/i18n/i18n.ts';
import { createEngineClient, createSession, engineKey, sessionKey } from '../../../renderer/rpc/index.ts';
import { makeConversations, makeMessages } from '../../kit/fake-engine/fake-data.ts';
import { createFakeEngine } from '../../kit/fake-engine/fake-engine-port.ts';
import { until } from '../../kit/until.ts';

const [conversation] = makeConversations(2, 0).slice(1);
const [plain] = makeMessages(conversation!, 1, Date.UTC(2026, 0, 1));

const show = async (row: Partial<MessageRow>, showsStyling = true) => {
  const engine = createFakeEngine({ conversationCount: 1, messageCount: 1, settings: { showsStyling } });
  const client = createEngineClient({ connect: () => Promise.resolve(engine) } as unknown as Shell);
  const session = createSession(client);
  await client.connect();
  await until(() => session.isReady);
  const view = mount(MessageBubble, {
    props: { row: { ...plain!, ...row }, isTrusted: false },
    global: { plugins: [createMessages()], provide: { [engineKey as symbol]: client, [sessionKey as symbol]: session, [rowDeedsKey as symbol]: {} } },
    attachTo: document.body,
  });
  await flushPromises();
  return { view, engine };
};

describe('a message', () => {
  it('draws styles, unless its sender or the person does not want them', async () => {
    const { view } = await show({ text: 'so *bold* <b>no</b>' });
    await until(() => view.find('.strong').exists());
    expect(view.get('bdi.text').element.textContent).toBe('so *bold* <b>no</b>');
    expect(view.find('b').exists()).toBe(false);
    view.unmount();
    for (const { view: other } of [await show({ text: '*bold*', isUnstyled: true }), await show({ text: '*bold*' }, false)]) {
      expect(other.find('.strong').exists()).toBe(false);
      other.unmount();
    }
  });

  it('hides a spoiler until it is asked for', async () => {
    const { view } = await show({ text: 'the butler', spoiler: 'film' });
    await until(() => view.find('[data-testid="spoiler"]').exists());
    expect(view.text()).not.toContain('the butler');
    expect(view.get('[data-testid="spoiler"]').attributes('aria-expanded')).toBe('false');
    expect(view.text()).toContain('film');
    await view.get('[data-testid="spoiler"]').trigger('click');
    expect(view.text()).toContain('the butler');
    view.unmount();
  });

  it('says that it will disappear, and that it has', async () => {
    const { view } = await show({ text: 'soon', lifetimeMs: 60_000 });
    expect(view.find('[data-testid="timed"]').attributes('title')).toContain('Disappears');
    view.unmount();
    const { view: gone } = await show({ text: '', lifetimeMs: 60_000, expiresAtMs: 5, deletedAtMs: 5 });
    expect(gone.text()).toContain('has disappeared');
    gone.unmount();
  });

  it('names the encryption it cannot read, without drawing a hostile name as it is', async () => {
    const { view } = await show({ kind: 'unreadable', text: 'OME\u202eMO' });
    expect(view.text()).toContain('Encrypted with');
    expect(view.text()).not.toContain('\u202e');
    view.unmount();
  });

  it('shows how far an upload got and lets it be stopped', async () => {
    const file = { id: 1, name: 'a.pdf', mime: 'application/pdf', sizeBytes: 100, widthPx: null, heightPx: null, durationMs: null, thumbnail: null, state: 'ready', fault: null };
    const { view, engine } = await show({ isOwn: true, delivery: 'sending', attachments: [file as unknown as MessageRow['attachments'][number]] });
    await until(() => view.find('[role="progressbar"]').exists());
    engine.raise('uploads.changed', { conversationId: conversation!.id, messageId: plain!.id, sentBytes: 25, totalBytes: 100 });
    await until(() => view.get('[role="progressbar"]').attributes('aria-valuenow') === '25');
    engine.raise('uploads.changed', { conversationId: conversation!.id, messageId: 4 as never, sentBytes: 99, totalBytes: 100 });
    await view.get('[data-testid="cancel-upload"]').trigger('click');
    expect(view.get('[role="progressbar"]').attributes('aria-valuenow')).toBe('25');
    expect(engine.calls.some(({ method }) => method === 'messages.cancelUpload')).toBe(true);
    view.unmount();
  });
});
