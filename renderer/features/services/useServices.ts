import { ref, shallowRef } from 'vue';
import type { CommandInfo, ServiceDetail } from '#model';
import { toRpcError, useEngine, useEvent, useQuery, type AccountId, type RpcError } from '../../rpc/index.ts';

/** Services of one account: those it knows of, and a place one looks at; a trail leads back. */
export const useServices = (accountId: () => AccountId) => {
  const engine = useEngine();
  const list = useQuery('services.list', () => ({ accountId: accountId() }));
  // A login came, went or broke meanwhile.
  useEvent('alerts.changed', () => void list.reload());
  const trail = shallowRef<readonly ServiceDetail[]>([]);
  const error = shallowRef<RpcError | null>(null);
  const isLooking = ref(false);
  const commands = shallowRef<{ readonly address: string; readonly list: readonly CommandInfo[] } | null>(null);
  let newest = 0;

  const attempt = async <Answer>(question: () => Promise<Answer>): Promise<Answer | null> => {
    const turn = ++newest;
    isLooking.value = true;
    error.value = null;
    try {
      const answer = await question();
      return turn === newest ? answer : null;
    } catch (thrown) {
      if (turn === newest) error.value = toRpcError(thrown);
      return null;
    } finally {
      if (turn === newest) isLooking.value = false;
    }
  };

  return {
    list,
    trail,
    error,
    isLooking,
    commands,
    look: async (address: string, node: string | null): Promise<void> => {
      const found = await attempt(() => engine.call('services.inspect', { accountId: accountId(), address, node }));
      if (found !== null) trail.value = [...trail.value, found];
    },
    letIn: async (address: string, isAllowed: boolean): Promise<void> => {
      if ((await attempt(() => engine.call('services.setLetsPeopleIn', { accountId: accountId(), address, isAllowed }))) === null) return;
      trail.value = trail.value.map((one) => (one.address === address ? { ...one, letsPeopleIn: isAllowed } : one));
      await list.reload();
    },
    back: (): void => {
      trail.value = trail.value.slice(0, -1);
      error.value = null;
    },
    loadCommands: async (address: string): Promise<void> => {
      commands.value = null;
      const found = await attempt(() => engine.call('services.commands', { accountId: accountId(), address }));
      if (found !== null) commands.value = { address, list: found };
    },
  };
};
