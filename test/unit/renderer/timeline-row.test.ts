// @vitest-environment jsdom
// needs: nothing
import { mount, type VueWrapper } from '@vue/test-utils';
import { afterEach, expect, it, vi } from 'vitest';
import type { MessageRow, Shell } from '#rpc';
import TimelineRow from '../../../renderer/features/conversation/TimelineRow.vue';
import { rowDeedsKey, type RowDeeds } from '../../../renderer/features/conversation/row-deeds.ts';
import { toTimelineItems } from '../../../renderer/features/conversation/timeline-items.ts';
import { createMessages } from '../../../renderer/i18n/i18n.ts';
import { createEngineClient, createSession, engineKey, sessionKey } from '../../../renderer/rpc/index.ts';
import { makeConversations, makeMessages } from '../../kit/fake-engine/fake-data.ts';
import { createFakeEngine } from '../../kit/fake-engine/fake-engine-port.ts';

const [conversation] = makeConversations(2, 0).slice(1);
const [plain] = makeMessages(conversation!, 1, Date.UTC(2026, 0, 1));
const views: VueWrapper[] = [];
const fillGap = vi.fn<RowDeeds['fillGap']>();
afterEach(() => views.splice(0).forEach((view) => view.unmount()));

/** A run of these messages as the timeline draws it. */
const draw = (messages: readonly Partial<MessageRow>[], hasFaces: boolean): VueWrapper[] => {
  const client = createEngineClient({ connect: () => Promise.resolve(createFakeEngine({ conversationCount: 1, messageCount: 1 })) } as unknown as Shell);
  const rows = messages.map((message, index) => ({ ...plain!, id: (index + 1) as MessageRow['id'], isOwn: false, ...message }));
  const items = toTimelineItems(rows, { hasOlder: false, readUpToId: null });
  const drawn = items.map((item) =>
    mount(TimelineRow, {
      props: { item, isTrusted: false, isLit: false, hasFaces, abilities: null },
      global: { plugins: [createMessages()], provide: { [engineKey as symbol]: client, [sessionKey as symbol]: createSession(client), [rowDeedsKey as symbol]: { fillGap } } },
    }),
  );
  views.push(...drawn);
  return drawn;
};
const said: readonly Partial<MessageRow>[] = [
  { senderName: 'Marta Ruiz', senderAvatarId: 7 },
  { senderName: 'Marta Ruiz', senderAvatarId: 7 },
  { senderName: 'Kalev Tamm', senderAvatarId: null },
  { senderName: 'Me', isOwn: true },
];

it('a run of one person has one picture, or initials; what we wrote has none', () => {
  const drawn = draw(said, true);
  const faces = drawn.map((view) => view.find('[data-testid="sender-picture"]'));
  expect(faces.map((face) => face.exists())).toEqual([true, false, true, false]);
  expect(faces[0]?.get('img').attributes('src')).toBe('/avatars/7');
  expect(faces[2]?.find('img').exists()).toBe(false);
  expect(faces[2]?.text()).toBe('KT');
  // Decoration for the eye: the name stands above in words.
  expect(faces[0]?.attributes('aria-hidden')).toBe('true');
  // The room for it is there in all rows of others, so that nothing moves when a picture comes.
  expect(drawn.map((view) => view.get('.said').classes('faced'))).toEqual([true, true, true, false]);
});

it('a chat of two has no pictures beside its messages, and no room for them', () => {
  for (const view of draw(said, false)) {
    expect(view.find('[data-testid="sender-picture"]').exists()).toBe(false);
    expect(view.find('.faced').exists()).toBe(false);
  }
});

it('a picture that came changes nothing but itself', async () => {
  const [view] = draw([{ senderName: 'Kalev Tamm', senderAvatarId: null }], true);
  const before = view?.get('.said').element;
  const { item } = view?.props() as { item: { row: MessageRow } };
  await view?.setProps({ item: { ...item, row: { ...item.row, senderAvatarId: 9 } } } as never);
  expect(view?.get('.said').element).toBe(before);
  expect(view?.get('[data-testid="avatar-picture"]').attributes('src')).toBe('/avatars/9');
  await view?.get('[data-testid="avatar-picture"]').trigger('error');
  expect(view?.get('[data-testid="sender-picture"]').text()).toBe('KT');
});

it('asks whoever holds the conversation for what is clicked', async () => {
  const [view] = draw([{ hasGapBefore: true }], false);
  await view?.get('.fill').trigger('click');
  expect(fillGap.mock.calls.map(([row]) => row.id)).toEqual([1]);
});
