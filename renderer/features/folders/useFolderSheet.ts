import { computed, ref, shallowRef, watch, type Ref } from 'vue';
import { toRpcError, useEngine, type ConversationId, type FolderCandidate, type FolderEntryRow, type FolderId, type RpcError } from '../../rpc/index.ts';

/** What lies in one folder, and what may be done with it. */
export interface FolderSheetState {
  readonly entries: Readonly<Ref<readonly FolderEntryRow[] | null>>;
  readonly next: Readonly<Ref<string | null>>;
  readonly canArrange: Readonly<Ref<boolean>>;
  readonly isBusy: Readonly<Ref<boolean>>;
  readonly error: Readonly<Ref<RpcError | null>>;
  /** What lies right in it. */
  readonly conversationIds: Readonly<Ref<ReadonlySet<ConversationId>>>;
  readonly folderIds: Readonly<Ref<ReadonlySet<FolderId>>>;
  more(): Promise<void>;
  enter(entry: FolderEntryRow): Promise<void>;
  put(entry: FolderCandidate): Promise<void>;
  take(entry: FolderEntryRow): Promise<void>;
  canMove(entry: FolderEntryRow, direction: 1 | -1): boolean;
  move(entry: FolderEntryRow, direction: 1 | -1): Promise<void>;
  /** True when it was done. */
  invite(address: string): Promise<boolean>;
  leave(): Promise<boolean>;
}

export const useFolderSheet = (folderId: () => FolderId | null): FolderSheetState => {
  const engine = useEngine();
  const entries = shallowRef<readonly FolderEntryRow[] | null>(null);
  const next = ref<string | null>(null);
  const canArrange = ref(false);
  const isBusy = ref(false);
  const error = shallowRef<RpcError | null>(null);

  /** One thing at a time; what comes back for a folder that is not shown any more is thrown away. */
  const run = async (work: (id: FolderId) => Promise<unknown>): Promise<boolean> => {
    const id = folderId();
    if (id === null || isBusy.value) return false;
    isBusy.value = true;
    error.value = null;
    try {
      await work(id);
      return true;
    } catch (thrown) {
      error.value = toRpcError(thrown);
      return false;
    } finally {
      isBusy.value = false;
    }
  };
  const load = async (id: FolderId, from: string | null): Promise<void> => {
    const page = await engine.call('folders.browse', { id, next: from });
    if (id !== folderId()) return;
    entries.value = from === null ? page.entries : [...(entries.value ?? []), ...page.entries];
    next.value = page.next;
  };
  const thenLoad = (work: (id: FolderId) => Promise<unknown>): Promise<void> =>
    run(async (id) => {
      await work(id);
      await load(id, null);
    }).then(() => undefined);
  const direct = computed(() => (entries.value ?? []).filter(({ depth }) => depth === 1));
  const neighbours = (entry: FolderEntryRow): { readonly place: number; readonly all: readonly FolderEntryRow[] } => ({
    place: direct.value.indexOf(entry),
    all: direct.value,
  });
  const canMove: FolderSheetState['canMove'] = (entry, direction) => {
    const { place, all } = neighbours(entry);
    return place >= 0 && all[place + direction] !== undefined;
  };

  watch(
    folderId,
    (id) => {
      entries.value = null;
      next.value = null;
      canArrange.value = false;
      isBusy.value = false;
      if (id === null) return;
      void run(() => load(id, null));
      void engine.call('folders.canArrange', { id }).then((answer) => {
        if (id === folderId()) canArrange.value = answer.canArrange;
      }, () => undefined);
    },
    { immediate: true },
  );

  return {
    entries,
    next,
    canArrange,
    isBusy,
    error,
    conversationIds: computed(() => new Set(direct.value.flatMap(({ conversationId }) => (conversationId === null ? [] : [conversationId])))),
    folderIds: computed(() => new Set(direct.value.flatMap((entry) => (entry.folderId === null ? [] : [entry.folderId])))),
    more: async () => void (await run((id) => load(id, next.value))),
    enter: async ({ address }) => {
      const isIn = await run((id) => engine.call('folders.join', { id, address }));
      if (isIn) entries.value = (entries.value ?? []).map((entry) => (entry.address === address ? { ...entry, isJoined: true } : entry));
    },
    put: (entry) => thenLoad((id) => engine.call('folders.put', { id, entry })),
    take: ({ entryId }) => thenLoad(async (id) => entryId !== undefined && (await engine.call('folders.take', { id, entryId }))),
    canMove,
    move: async (entry, direction) => {
      const { place, all } = neighbours(entry);
      const { entryId } = entry;
      if (!canMove(entry, direction) || entryId === undefined) return;
      // Down: before the one after the next; nothing there is the end.
      const beforeId = all[direction === 1 ? place + 2 : place - 1]?.entryId ?? null;
      await thenLoad((id) => engine.call('folders.move', { id, entryId, beforeId }));
    },
    invite: (address) => run((id) => engine.call('folders.invite', { id, address })),
    leave: () => run((id) => engine.call('folders.leave', { id })),
  };
};
