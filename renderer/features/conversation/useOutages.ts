import { computed, type Ref } from 'vue';
import { useEvent, useQuery, type ConversationId, type OutageRow } from '../../rpc/index.ts';

/** Times in which messages of a conversation may be missing, because its bridge was out. Without a bridge nothing is asked. */
export const useOutages = (id: ConversationId, isBridged: () => boolean): Readonly<Ref<readonly OutageRow[]>> => {
  const { data, reload } = useQuery('services.outages', () => (isBridged() ? { conversationId: id } : null));
  const outages = computed(() => data.value ?? []);
  useEvent('alerts.changed', () => void reload());
  // What a bridge brings later may close the hole.
  useEvent('messages.changed', ({ conversationId }) => conversationId === id && outages.value.length > 0 && void reload());
  return outages;
};
