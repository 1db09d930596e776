import { computed, watch, type Ref } from 'vue';
import { useEvent, useQuery, useSession, type ConversationDetail, type RpcOutput } from '../../rpc/index.ts';

export type Warnings = RpcOutput<'encryption.warnings'>;

/** What is worth knowing before one writes into this conversation; null while unknown, and where nothing is encrypted. */
export const useWarnings = (detail: () => ConversationDetail): { readonly warnings: Readonly<Ref<Warnings | null>>; readonly reload: () => Promise<void> } => {
  const session = useSession();
  const account = computed(() => session.accounts.find(({ id }) => id === detail().row.accountId));
  const isAsked = computed(() => {
    const { security, membership } = detail().row;
    return security === 'encrypted' && membership === 'joined' && account.value?.abilities.includes('encryption') === true;
  });
  const { data, reload } = useQuery('encryption.warnings', () => (isAsked.value ? { conversationId: detail().row.id } : null));
  useEvent('encryption.changed', ({ accountId }) => accountId === detail().row.accountId && void reload());
  // What could not be asked before the account ran is asked then.
  watch(() => account.value?.state, (state) => (state === 'online' || state === 'catching-up') && void reload());
  return { warnings: data, reload };
};
