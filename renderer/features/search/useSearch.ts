import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import { fromColumns, toRpcError, useEngine, type ConversationRow, type MessageId, type RpcError, type SearchHit } from '../../rpc/index.ts';
import { rankConversations } from './rank-conversations.ts';

export interface Search {
  readonly hits: Readonly<Ref<readonly SearchHit[]>>;
  readonly conversations: Readonly<Ref<readonly ConversationRow[]>>;
  readonly error: Readonly<Ref<RpcError | null>>;
  /** The query that the answers belong to. */
  readonly answered: Readonly<Ref<string>>;
  readonly hasMore: Readonly<Ref<boolean>>;
  loadMore(): Promise<void>;
}

/**
 * Asks while somebody types: at once when nothing is being asked, else for the newest words when that is answered.
 * So the first letters never wait, and a fast typist does not pile up questions.
 */
export const useSearch = (query: () => string, limit: number, withConversations: boolean): Search => {
  const engine = useEngine();
  const hits = shallowRef<readonly SearchHit[]>([]);
  const conversations = shallowRef<readonly ConversationRow[]>([]);
  const error = shallowRef<RpcError | null>(null);
  const answered = ref('');
  const next = shallowRef<MessageId | null>(null);
  let turn = 0;
  let isAsking = false;
  /** Typed while a question was on its way. */
  let waiting: string | null = null;

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
      conversations.value = list ? rankConversations(fromColumns(list.rows), text) : [];
      error.value = null;
    } catch (thrown) {
      if (mine === turn) error.value = toRpcError(thrown);
    }
    if (mine === turn) answered.value = text;
  };
  const askNext = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    for (let text = waiting; text !== null; text = waiting) {
      waiting = null;
      await ask(text);
    }
    isAsking = false;
  };
  watch(
    () => query().trim(),
    (text) => {
      waiting = text === '' ? null : text;
      if (text === '') {
        turn += 1;
        hits.value = [];
        conversations.value = [];
        next.value = null;
        answered.value = '';
      } else {
        void askNext();
      }
    },
    { immediate: true },
  );
  onScopeDispose(() => (waiting = null));

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
