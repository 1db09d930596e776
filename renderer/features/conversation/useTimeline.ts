import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import {
  fromMessageColumns,
  toRpcError,
  useEngine,
  useEvent,
  type ConversationDetail,
  type ConversationId,
  type MessageAnchor,
  type MessageId,
  type MessageRow,
  type RpcError,
} from '../../rpc/index.ts';
import { appendPage, emptyWindow, largestWindow, patchPictures, patchRows, prependPage, type TimelineWindow } from './timeline-window.ts';

const pageSize = 50;
/** Entering a room brings many pictures: they are looked at together. */
const pictureDelayMs = 250;

export type OlderState = 'idle' | 'loading' | 'failed' | 'beginning';

export interface Timeline {
  readonly detail: Readonly<Ref<ConversationDetail | null>>;
  readonly window: Readonly<Ref<TimelineWindow>>;
  readonly error: Readonly<Ref<RpcError | null>>;
  readonly olderState: Readonly<Ref<OlderState>>;
  /** Where the "new" divider stands; fixed when the conversation was opened. */
  readonly readUpToId: Readonly<Ref<MessageId | null>>;
  /** Messages that came in while an older stretch is shown. */
  readonly newBelowCount: Readonly<Ref<number>>;
  readonly typing: Readonly<Ref<readonly string[]>>;
  /** Local pages first, then the network. */
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  /** Asks the network for what may be missing before this message. */
  fillGap(before: MessageId): Promise<void>;
  show(anchor: MessageAnchor): Promise<void>;
  markRead(): void;
}

/** One conversation: its detail and a bounded stretch of its messages, kept fresh by the engine's events. */
export const useTimeline = (conversationId: ConversationId, firstAnchor: MessageAnchor): Timeline => {
  const engine = useEngine();
  const detail = shallowRef<ConversationDetail | null>(null);
  const window = shallowRef<TimelineWindow>(emptyWindow);
  const error = shallowRef<RpcError | null>(null);
  const olderState = ref<OlderState>('idle');
  const readUpToId = ref<MessageId | null>(null);
  const newBelowCount = ref(0);
  const typing = shallowRef<readonly string[]>([]);
  const canLoadOlder = computed(() => detail.value?.capabilities.canLoadOlder ?? false);
  let turn = 0;
  let loadingNewer: Promise<void> | null = null;

  /** Rows that were cut off at the start, or that no longer fit in, are to be found again: the beginning is farther up. */
  const setWindow = (next: TimelineWindow): void => {
    window.value = next;
    if (next.hasOlder && olderState.value === 'beginning') olderState.value = 'idle';
  };

  const settleOlder = (): void => {
    if (window.value.hasOlder || canLoadOlder.value) olderState.value = 'idle';
    else olderState.value = 'beginning';
  };

  const open = async (anchor: MessageAnchor, isFirst: boolean): Promise<void> => {
    const mine = ++turn;
    try {
      const answer = await engine.call('conversations.open', { id: conversationId, anchor, limit: pageSize });
      if (mine !== turn) return;
      const { page } = answer;
      detail.value = answer.detail;
      typing.value = answer.detail.typing;
      if (isFirst) readUpToId.value = answer.detail.row.unreadCount > 0 ? answer.detail.readUpToId : null;
      window.value = { rows: fromMessageColumns(page.rows), hasOlder: page.hasOlder, hasNewer: page.hasNewer };
      newBelowCount.value = 0;
      error.value = null;
      settleOlder();
    } catch (thrown) {
      if (mine === turn) error.value = toRpcError(thrown);
    }
  };

  const page = (anchor: MessageAnchor, limit = pageSize) =>
    engine.call('messages.page', { conversationId, anchor, limit });

  /** The network has nothing older: what is left are pages of our own store. */
  let isAllFetched = false;
  const loadOlder = async (): Promise<void> => {
    const first = window.value.rows[0];
    if (olderState.value === 'loading' || olderState.value === 'beginning') return;
    olderState.value = 'loading';
    const mine = turn;
    try {
      let hasMoreOutside = canLoadOlder.value && !isAllFetched;
      if (!window.value.hasOlder) {
        if (!canLoadOlder.value) return settleOlder();
        const answer = await engine.call('messages.loadOlder', { conversationId, before: first?.id ?? null });
        hasMoreOutside = answer.hasMore;
        isAllFetched = !answer.hasMore;
      }
      const older = await page(first ? { kind: 'before', id: first.id } : { kind: 'newest' });
      if (mine !== turn) return;
      if (window.value.rows[0]?.id !== first?.id) {
        // Another stretch is shown meanwhile: these rows would not meet it.
        olderState.value = 'idle';
        return loadOlder();
      }
      window.value = prependPage(window.value, fromMessageColumns(older.rows), older.hasOlder);
      olderState.value = older.hasOlder || hasMoreOutside ? 'idle' : 'beginning';
    } catch {
      if (mine === turn) olderState.value = 'failed';
    }
  };

  const readNewer = async (last: MessageRow): Promise<void> => {
    const mine = turn;
    try {
      const newer = await page({ kind: 'after', id: last.id });
      if (mine !== turn || window.value.rows.at(-1)?.id !== last.id) return;
      setWindow(appendPage(window.value, fromMessageColumns(newer.rows), newer.hasNewer));
      if (!newer.hasNewer) newBelowCount.value = 0;
    } catch (thrown) {
      error.value = toRpcError(thrown);
    }
  };
  const loadNewer = async (): Promise<void> => {
    const last = window.value.rows.at(-1);
    if (last) await (loadingNewer ??= readNewer(last).finally(() => (loadingNewer = null)));
  };

  /** The same stretch again: the line of a push or a message with an older stamp was put between its rows. */
  const reloadNewest = async (addedCount: number): Promise<void> => {
    const mine = turn;
    const { rows } = window.value;
    const newest = await page({ kind: 'newest' }, Math.min(largestWindow, rows.length + addedCount));
    if (mine !== turn || window.value.hasNewer) return;
    if (window.value.rows[0]?.id !== rows[0]?.id) return reloadNewest(addedCount);
    setWindow({ rows: fromMessageColumns(newest.rows), hasOlder: newest.hasOlder, hasNewer: false });
  };

  const fillGap = async (before: MessageId): Promise<void> => {
    await engine.call('messages.loadOlder', { conversationId, before }).catch(() => undefined);
    await open({ kind: 'around', id: before }, false);
  };

  // Events of one frame are answered together, and never by two questions at a time.
  const changedIds = new Set<MessageId>();
  const removedIds = new Set<MessageId>();
  let hasNewest = false;
  let frame: number | undefined;
  let isRefreshing = false;

  const refresh = async (): Promise<void> => {
    // A page on its way may have been read before these messages were there.
    await loadingNewer;
    const known = new Set(window.value.rows.map((row) => row.id));
    const knownChanged = [...changedIds].filter((id) => known.has(id));
    const unknown = [...changedIds].filter((id) => !known.has(id));
    const removed = [...removedIds];
    const isLive = !window.value.hasNewer;
    changedIds.clear();
    removedIds.clear();
    const wasNewest = hasNewest;
    hasNewest = false;
    const mine = turn;
    if (knownChanged.length > 0 || removed.length > 0) {
      const fresh = knownChanged.length > 0 ? fromMessageColumns(await engine.call('messages.get', { ids: knownChanged.slice(0, 500) })) : [];
      if (mine !== turn) return;
      window.value = patchRows(window.value, fresh, removed);
    }
    if (unknown.length === 0) return;
    if (!isLive) {
      if (wasNewest) newBelowCount.value += unknown.length;
      return;
    }
    if (window.value.rows.length === 0) return open({ kind: 'newest' }, false);
    if (wasNewest) await loadNewer();
    const shown = new Set(window.value.rows.map((row) => row.id));
    // Older and newer pages bring themselves. Anything else unknown belongs between the rows that are shown.
    const isBetween = olderState.value !== 'loading' && !window.value.hasNewer && unknown.some((id) => !shown.has(id));
    if (mine === turn && isBetween) await reloadNewest(unknown.length);
  };

  const schedule = (): void => {
    frame ??= globalThis.window.setTimeout(() => {
      frame = undefined;
      if (isRefreshing) return schedule();
      isRefreshing = true;
      void refresh()
        .catch(() => undefined)
        .finally(() => (isRefreshing = false));
    }, 16);
  };
  useEvent('messages.changed', (change) => {
    if (change.conversationId !== conversationId) return;
    for (const id of change.ids) changedIds.add(id);
    for (const id of change.removedIds) removedIds.add(id);
    hasNewest ||= change.hasNewest;
    schedule();
  });

  /** Pictures stand beside the messages of groups only. */
  const refreshPictures = async (): Promise<void> => {
    const ids = window.value.rows.flatMap((row) => (row.isOwn || row.senderId === null ? [] : [row.id]));
    if (ids.length === 0) return;
    const mine = turn;
    const fresh = fromMessageColumns(await engine.call('messages.get', { ids }));
    if (mine === turn) window.value = patchPictures(window.value, fresh);
  };
  let pictureTimer: number | undefined;
  useEvent('pictures.changed', ({ accountId }) => {
    const row = detail.value?.row;
    if (row === undefined || row.kind === 'direct' || row.accountId !== accountId) return;
    pictureTimer ??= globalThis.window.setTimeout(() => {
      pictureTimer = undefined;
      void refreshPictures().catch(() => undefined);
    }, pictureDelayMs);
  });

  let detailTimer: number | undefined;
  const reloadDetail = (): void => {
    detailTimer ??= globalThis.window.setTimeout(() => {
      detailTimer = undefined;
      void engine.call('conversations.detail', { id: conversationId }).then(
        (fresh) => (detail.value = fresh),
        () => undefined,
      );
    }, 120);
  };
  useEvent('conversations.changed', ({ ids }) => {
    if (ids === null || ids.includes(conversationId)) reloadDetail();
  });
  useEvent('presence.changed', (change) => change.conversationId === conversationId && reloadDetail());
  useEvent('crm.changed', (change) => change.conversationId === conversationId && reloadDetail());
  useEvent('accounts.changed', reloadDetail);
  useEvent('typing.changed', (change) => {
    if (change.conversationId === conversationId) typing.value = change.names;
  });
  onScopeDispose(() => {
    turn += 1;
    globalThis.window.clearTimeout(frame);
    globalThis.window.clearTimeout(detailTimer);
    globalThis.window.clearTimeout(pictureTimer);
  });

  let readId = 0;
  const markRead = (): void => {
    const last = window.value.rows.at(-1);
    if (!last || window.value.hasNewer || last.id <= readId || !detail.value?.row.unreadCount) return;
    readId = last.id;
    void engine.call('conversations.markRead', { id: conversationId, upTo: last.id }).catch(() => (readId = 0));
  };

  // A new connection means the engine was restarted: what we hold may be old.
  watch(engine.generation, () => {
    const isFirst = detail.value === null;
    void open(isFirst ? firstAnchor : { kind: 'newest' }, isFirst);
  }, { immediate: true });

  return {
    detail,
    window,
    error,
    olderState,
    readUpToId,
    newBelowCount,
    typing,
    loadOlder,
    loadNewer,
    fillGap,
    show: (anchor) => open(anchor, false),
    markRead,
  };
};
