import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import { fromMessageColumns, toRpcError, useEngine, useEvent, type ConversationId, type MessageId, type MessageRow, type RpcError, type ThreadId } from '../../rpc/index.ts';

const pageSize = 50;
const mostShown = 500;

export interface Thread {
  readonly id: Readonly<Ref<ThreadId | null>>;
  readonly root: Readonly<Ref<MessageRow | null>>;
  readonly answers: Readonly<Ref<readonly MessageRow[]>>;
  readonly hasEarlier: Readonly<Ref<boolean>>;
  readonly isLoading: Readonly<Ref<boolean>>;
  readonly error: Readonly<Ref<RpcError | null>>;
  /** What was begun in it before; null until that is known. */
  readonly draft: Readonly<Ref<string | null>>;
  /** Pages of our own store first, then the network. */
  loadEarlier(): Promise<void>;
  /** Somebody looks at it. */
  markRead(): void;
}

/** In its thread nobody needs to be told which message it is about. */
const withoutRootQuote = (row: MessageRow, rootId: MessageId | undefined): MessageRow =>
  row.replyTo !== null && (row.replyTo.messageId === rootId || row.replyTo.messageId === null) ? { ...row, replyTo: null } : row;

/** One thread: the message that began it and its newest answers, kept fresh by the engine's events. */
export const useThread = (conversationId: ConversationId, target: { readonly rootId: MessageId } | { readonly id: ThreadId }): Thread => {
  const engine = useEngine();
  const id = shallowRef<ThreadId | null>('id' in target ? target.id : null);
  const root = shallowRef<MessageRow | null>(null);
  const answers = shallowRef<readonly MessageRow[]>([]);
  const hasEarlier = ref(false);
  const isLoading = ref(false);
  const error = shallowRef<RpcError | null>(null);
  const draft = ref<string | null>(null);
  let wanted = pageSize;
  let hasMoreOutside = false;
  let unreadCount = 0;
  let isGone = false;

  const show = async (): Promise<void> => {
    if (id.value === null) return;
    const page = await engine.call('threads.page', { id: id.value, before: null, limit: wanted });
    if (isGone) return;
    const rootRow = page.root;
    // A row that did not change stays the same object: nothing of it is drawn again.
    if (JSON.stringify(rootRow) !== JSON.stringify(root.value)) root.value = rootRow && { ...rootRow, thread: null };
    answers.value = fromMessageColumns(page.rows).map((row) => withoutRootQuote(row, rootRow?.id));
    unreadCount = page.unreadCount;
    draft.value ??= page.draft;
    hasEarlier.value = (page.hasOlder && wanted < mostShown) || hasMoreOutside;
  };

  const ask = async (): Promise<void> => {
    if (id.value === null) return;
    const { hasMore } = await engine.call('threads.loadOlder', { id: id.value });
    hasMoreOutside = hasMore;
  };

  const start = async (): Promise<void> => {
    isLoading.value = true;
    try {
      if ('rootId' in target) id.value = (await engine.call('threads.open', { rootId: target.rootId })).id;
      await show();
      // What the network has beyond that; offline, what is here has to do.
      await ask().catch(() => undefined);
      await show();
    } catch (thrown) {
      error.value = toRpcError(thrown);
    } finally {
      isLoading.value = false;
    }
  };

  let timer: number | undefined;
  useEvent('messages.changed', (change) => {
    if (change.conversationId !== conversationId) return;
    timer ??= window.setTimeout(() => {
      timer = undefined;
      void show().catch(() => undefined);
    }, 40);
  });
  onScopeDispose(() => {
    isGone = true;
    window.clearTimeout(timer);
  });
  watch(engine.generation, () => void start(), { immediate: true });

  return {
    id,
    root,
    answers,
    hasEarlier,
    isLoading,
    error,
    draft,
    loadEarlier: async () => {
      if (isLoading.value) return;
      isLoading.value = true;
      error.value = null;
      try {
        const before = answers.value.length;
        wanted = Math.min(mostShown, wanted + pageSize);
        await show();
        if (answers.value.length === before && hasMoreOutside) {
          await ask();
          await show();
        }
      } catch (thrown) {
        error.value = toRpcError(thrown);
      } finally {
        isLoading.value = false;
      }
    },
    markRead: () => {
      const last = answers.value.at(-1);
      if (last === undefined || id.value === null || unreadCount === 0) return;
      unreadCount = 0;
      void engine.call('threads.markRead', { id: id.value, upTo: last.id }).catch(() => undefined);
    },
  };
};
