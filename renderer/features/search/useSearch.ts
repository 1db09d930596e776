import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import { fromColumns, toRpcError, useEngine, type ConversationRow, type MessageId, type RpcError, type SearchHit } from '../../rpc/index.ts';

const pauseMs = 60;

export interface Search {
  readonly hits: Readonly<Ref<readonly SearchHit[]>>;
  readonly conversations: Readonly<Ref<readonly ConversationRow[]>>;
  readonly error: Readonly<Ref<RpcError | null>>;
  /** The query that the answers belong to. */
  readonly answered: Readonly<Ref<string>>;
  readonly hasMore: Readonly<Ref<boolean>>;
  loadMore(): Promise<void>;
}

/** Asks while somebody types; an answer that was overtaken is thrown away. */
export const useSearch = (query: () => string, limit: number, withConversations: boolean): Search => {
  const engine = useEngine();
  const hits = shallowRef<readonly SearchHit[]>([]);
  const conversations = shallowRef<readonly ConversationRow[]>([]);
  const error = shallowRef<RpcError | null>(null);
  const answered = ref('');
  const next = shallowRef<MessageId | null>(null);
  let turn = 0;
  let timer: number | undefined;

  const ask = async (text: string): Promise<void> => {
    const mine = ++turn;
    try {
      const [messages, list] = await Promise.all([
        engine.call('search.messages', { query: text.slice(0, 500), conversationId: null, before: null, limit }),
        withConversations ? engine.call('conversations.list', { filter: { text: text.slice(0, 200) }, after: null, limit: 6 }) : null,
      ]);
      if (mine !== turn) return;
      hits.value = messages.hits;
      next.value = messages.next;
      conversations.value = list ? fromColumns(list.rows) : [];
      error.value = null;
    } catch (thrown) {
      if (mine === turn) error.value = toRpcError(thrown);
    }
    if (mine === turn) answered.value = text;
  };
  watch(
    () => query().trim(),
    (text) => {
      window.clearTimeout(timer);
      if (text === '') {
        turn += 1;
        hits.value = [];
        conversations.value = [];
        next.value = null;
        answered.value = '';
      } else {
        timer = window.setTimeout(() => void ask(text), pauseMs);
      }
    },
    { immediate: true },
  );
  onScopeDispose(() => window.clearTimeout(timer));

  const hasMore = ref(false);
  watch(next, (cursor) => (hasMore.value = cursor !== null));
  return {
    hits,
    conversations,
    error,
    answered,
    hasMore,
    loadMore: async () => {
      const before = next.value;
      if (before === null) return;
      const mine = turn;
      const page = await engine.call('search.messages', { query: answered.value, conversationId: null, before, limit }).catch(() => null);
      if (!page || mine !== turn) return;
      hits.value = [...hits.value, ...page.hits];
      next.value = page.next;
    },
  };
};
