// @vitest-environment jsdom
// needs: nothing
/** The stretch of a conversation while much comes in at once: whole, in order, and honest about its beginning. */
import { mount } from '@vue/test-utils';
import { expect, it, onTestFinished } from 'vitest';
import { defineComponent, h, ref } from 'vue';
import { noCapabilities } from '#model';
import { messageKeys, toColumns, type MessageAnchor, type MessageRow } from '#rpc';
import { largestWindow } from '../../../renderer/features/conversation/timeline-window.ts';
import { useTimeline, type Timeline } from '../../../renderer/features/conversation/useTimeline.ts';
import { engineKey } from '../../../renderer/rpc/index.ts';
import { makeConversations, makeMessages } from '../../kit/fake-engine/fake-data.ts';
import { until } from '../../kit/until.ts';

const [conversation] = makeConversations(1, 0);
const plenty = makeMessages(conversation!, 1_000, Date.UTC(2026, 0, 1));

/** A conversation of so many messages, with nothing older on its network. */
const openTimeline = async (count: number) => {
  let stored = plenty.slice(0, count);
  const listeners = new Map<string, (payload: unknown) => void>();
  const held: (() => void)[] = [];
  let holds = (_anchor: MessageAnchor): boolean => false;
  const pageOf = (anchor: MessageAnchor, limit: number) => {
    const at = 'id' in anchor ? stored.findIndex(({ id }) => id === anchor.id) : stored.length;
    const start = Math.max(0, anchor.kind === 'after' ? at + 1 : at - limit);
    const end = anchor.kind === 'after' ? Math.min(stored.length, start + limit) : at;
    return { rows: toColumns(stored.slice(start, end), messageKeys), hasOlder: start > 0, hasNewer: end < stored.length };
  };
  const answers: Record<string, (input: never) => unknown> = {
    'conversations.open': ({ anchor, limit }: { anchor: MessageAnchor; limit: number }) => ({
      detail: { row: { ...conversation, unreadCount: 0 }, capabilities: noCapabilities, typing: [] },
      page: pageOf(anchor, limit),
    }),
    'messages.page': async ({ anchor, limit }: { anchor: MessageAnchor; limit: number }) => {
      // What is held back was read before: the engine answers in time, the page hears of it later.
      const answer = pageOf(anchor, limit);
      if (holds(anchor)) await new Promise<void>((resolve) => held.push(resolve));
      return answer;
    },
    'messages.get': ({ ids }: { ids: readonly number[] }) => toColumns(stored.filter(({ id }) => ids.includes(id)), messageKeys),
  };
  const engine = {
    generation: ref(1),
    call: async (method: string, input: unknown) => answers[method]?.(input as never),
    on: (event: string, listener: (payload: unknown) => void) => {
      listeners.set(event, listener);
      return () => listeners.delete(event);
    },
  };
  let timeline!: Timeline;
  const component = defineComponent({
    setup() {
      timeline = useTimeline(conversation!.id, { kind: 'newest' });
      return () => h('div');
    },
  });
  const view = mount(component, { global: { provide: { [engineKey as symbol]: engine } } });
  onTestFinished(() => view.unmount());
  await until(() => timeline.detail.value !== null, { label: 'the conversation' });

  return {
    timeline,
    /** So many more are stored; the page is told of the first ones now. */
    receive(added: number, toldCount = added): void {
      const before = stored.length;
      stored = plenty.slice(0, before + added);
      const ids = stored.slice(before, before + toldCount).map(({ id }) => id);
      listeners.get('messages.changed')?.({ conversationId: conversation!.id, ids, removedIds: [], hasNewest: true });
    },
    hold: (kind: MessageAnchor['kind']): void => void (holds = (anchor) => anchor.kind === kind),
    heldCount: (): number => held.length,
    release(): void {
      holds = () => false;
      for (const go of held.splice(0)) go();
    },
    /** Where the shown rows stand in the conversation. */
    stretch(): { first: number; count: number; isAtBeginning: boolean } {
      const { rows } = timeline.window.value;
      const first = stored.findIndex(({ id }) => id === rows[0]?.id);
      const ids = (some: readonly MessageRow[]): number[] => some.map(({ id }) => id);
      expect(ids(rows)).toEqual(ids(stored.slice(first, first + rows.length)));
      return { first, count: rows.length, isAtBeginning: timeline.olderState.value === 'beginning' };
    },
  };
};

it('a short one whose next page is on its way keeps its beginning when a flood comes meanwhile', async () => {
  const { timeline, receive, hold, heldCount, release, stretch } = await openTimeline(5);
  expect(stretch()).toEqual({ first: 0, count: 5, isAtBeginning: true });
  hold('after');
  const asked = timeline.loadNewer();
  receive(60, 2);
  await until(() => heldCount() > 0, { label: 'the page that is asked for' });
  // Timers go off in order: what the news brings about, within 16 ms, has begun.
  await new Promise((resolve) => setTimeout(resolve, 17));
  release();
  await asked;
  await until(() => stretch().count > 50, { label: 'a page of the flood' });
  expect(stretch()).toEqual({ first: 0, count: 55, isAtBeginning: true });
});

it('a flood of more than a page comes page by page, and loses nothing of what was there', async () => {
  const { timeline, receive, stretch } = await openTimeline(5);
  receive(120);
  await until(() => stretch().count > 5, { label: 'the first page of the flood' });
  for (let page = 0; page < 5 && timeline.window.value.hasNewer; page += 1) await timeline.loadNewer();
  expect(stretch()).toEqual({ first: 0, count: 125, isAtBeginning: true });
});

it('rows that no longer fit in are found again', async () => {
  const { timeline, receive, stretch } = await openTimeline(largestWindow - 10);
  while (timeline.olderState.value !== 'beginning') await timeline.loadOlder();
  expect(stretch()).toEqual({ first: 0, count: largestWindow - 10, isAtBeginning: true });
  receive(30);
  await until(() => stretch().first === 20, { label: 'the cut' });
  expect(stretch().isAtBeginning).toBe(false);
  await timeline.loadOlder();
  expect(stretch()).toEqual({ first: 0, count: largestWindow, isAtBeginning: true });
});

it('an older page that no longer meets the first row is asked for again', async () => {
  const { timeline, receive, hold, heldCount, release, stretch } = await openTimeline(largestWindow + 100);
  while (stretch().first > 100) await timeline.loadOlder();
  hold('before');
  const asked = timeline.loadOlder();
  await until(() => heldCount() === 1, { label: 'the older page' });
  receive(20);
  await until(() => stretch().first === 120, { label: 'the cut' });
  release();
  await asked;
  expect(stretch()).toEqual({ first: 70, count: largestWindow, isAtBeginning: false });
});
