import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import {
  fromColumns,
  toRpcError,
  useEngine,
  useEvent,
  type ConversationCursor,
  type ConversationFilter,
  type ConversationId,
  type ConversationRow,
  type RpcError,
  type RpcInput,
} from '../../rpc/index.ts';
import { byActivity, mergeRows } from './conversation-order.ts';

const pageSize = 60;
const largestReload = 500;
/** What the list asks first, before anybody has set a filter. */
export const firstPage: RpcInput<'conversations.list'> = { filter: {}, after: null, limit: pageSize };

export interface ConversationListState {
  readonly rows: Readonly<Ref<readonly ConversationRow[]>>;
  readonly isLoaded: Readonly<Ref<boolean>>;
  readonly error: Readonly<Ref<RpcError | null>>;
  readonly hasMore: Readonly<Ref<boolean>>;
  loadMore(): Promise<void>;
}

const hasFilter = (filter: ConversationFilter): boolean =>
  Boolean(filter.isRequest || filter.isUnread || filter.accountId || filter.text || filter.hasUnpushed || filter.folderId || filter.isPushed !== undefined || filter.isDone !== undefined);

/**
 * The list as the engine sorts it, page by page. Changes patch it in place; under a filter it is asked anew, and the
 * selected row stays, as it is by then, although it no longer fits, so that reading a message does not pull its row away.
 */
export const useConversationList = (
  filter: Readonly<Ref<ConversationFilter>>,
  selectedId: Readonly<Ref<number | null>>,
): ConversationListState => {
  const engine = useEngine();
  const rows = shallowRef<readonly ConversationRow[]>([]);
  const next = shallowRef<ConversationCursor | null>(null);
  const isLoaded = ref(false);
  const error = shallowRef<RpcError | null>(null);
  let turn = 0;
  let isLoadingMore = false;

  /** The selected row as it is now, when it was in the list and the filter no longer lets it in. */
  const leftOut = async (fresh: readonly ConversationRow[]): Promise<ConversationRow[]> => {
    const selected = rows.value.find((row) => row.id === selectedId.value);
    if (!selected || !hasFilter(filter.value) || fresh.some((row) => row.id === selected.id)) return [];
    const [row] = fromColumns(await engine.call('conversations.get', { ids: [selected.id] }));
    // Who is asked to wait once more is under Requests alone.
    return row === undefined || (row.membership === 'requested' && !filter.value.isRequest) ? [] : [row];
  };

  const reload = async (isSameFilter: boolean): Promise<void> => {
    const mine = ++turn;
    const limit = isSameFilter ? Math.min(largestReload, Math.max(pageSize, rows.value.length)) : pageSize;
    try {
      const page = await engine.call('conversations.list', { filter: filter.value, after: null, limit });
      const fresh = fromColumns(page.rows);
      const kept = isSameFilter ? await leftOut(fresh) : [];
      if (mine !== turn) return;
      rows.value = kept.length > 0 ? [...fresh, ...kept].sort(byActivity) : fresh;
      next.value = page.next;
      isLoaded.value = true;
      error.value = null;
    } catch (thrown) {
      if (mine === turn) error.value = toRpcError(thrown);
    }
  };

  const loadMore = async (): Promise<void> => {
    const after = next.value;
    if (!after || isLoadingMore) return;
    isLoadingMore = true;
    const mine = turn;
    try {
      const page = await engine.call('conversations.list', { filter: filter.value, after, limit: pageSize });
      if (mine !== turn) return;
      rows.value = mergeRows(rows.value, fromColumns(page.rows), null);
      next.value = page.next;
    } catch (thrown) {
      error.value = toRpcError(thrown);
    } finally {
      isLoadingMore = false;
    }
  };

  const patch = async (ids: readonly ConversationId[]): Promise<void> => {
    // Who waits for a decision is not in this list, only under its own filter.
    const fresh = fromColumns(await engine.call('conversations.get', { ids })).filter(({ membership }) => membership !== 'requested');
    const foundIds = new Set(fresh.map((row) => row.id));
    const goneIds = new Set(ids.filter((id) => !foundIds.has(id)));
    const kept = goneIds.size > 0 ? rows.value.filter((row) => !goneIds.has(row.id)) : rows.value;
    rows.value = mergeRows(kept, fresh, next.value ? (kept.at(-1) ?? null) : null);
  };

  // Changes of one frame are answered together: catching up after a night must not ask a thousand times.
  const changedIds = new Set<ConversationId>();
  let needsReload = false;
  let frame: number | undefined;
  const flush = async (): Promise<void> => {
    frame = undefined;
    const ids = [...changedIds].slice(0, largestReload);
    const isTooMany = changedIds.size > 100;
    changedIds.clear();
    const mustReload = needsReload || isTooMany || hasFilter(filter.value);
    needsReload = false;
    if (mustReload) await reload(true);
    else if (ids.length > 0) await patch(ids).catch(() => reload(true));
  };
  useEvent('conversations.changed', ({ ids }) => {
    if (ids === null) needsReload = true;
    else for (const id of ids) changedIds.add(id);
    frame ??= window.setTimeout(() => void flush(), 16);
  });
  onScopeDispose(() => window.clearTimeout(frame));

  watch(filter, () => void reload(false), { deep: true });
  watch(engine.generation, () => void reload(isLoaded.value), { immediate: true });

  return { rows, isLoaded, error, hasMore: computed(() => next.value !== null), loadMore };
};
