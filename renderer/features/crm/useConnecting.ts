import { computed, onScopeDispose, ref, shallowRef } from 'vue';
import { toRpcError, useEngine, useShell, type ConnectionRow, type ConnectorInfo, type ProbeResult, type RpcError } from '../../rpc/index.ts';

/** A company's file that was read in, and the passphrase that opens it. */
export interface OpenedSetup {
  readonly text: string;
  readonly passphrase: string;
}

interface Wish {
  readonly connector: ConnectorInfo;
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
  readonly renewing: ConnectionRow | undefined;
  readonly setup: OpenedSetup | undefined;
}

/** Connects, or signs in again: at once with what the form holds, or by way of the browser. */
export const useConnecting = () => {
  const engine = useEngine();
  const shell = useShell();
  const isRunning = ref(false);
  const error = shallowRef<RpcError | null>(null);
  /** Where the person signs in now; null: nowhere. */
  const visit = shallowRef<{ readonly id: string; readonly link: string; readonly server: string } | null>(null);
  /** Signed in, and something was missing on the other side: it is looked at again without a new sign-in. */
  const isSignedIn = ref(false);

  const attempt = async (work: () => Promise<{ readonly probe: ProbeResult }>): Promise<ProbeResult | null> => {
    if (isRunning.value) return null;
    isRunning.value = true;
    error.value = null;
    try {
      return (await work()).probe;
    } catch (thrown) {
      const refusal = toRpcError(thrown);
      // The person's own doing needs no words.
      if (refusal.code !== 'cancelled') error.value = refusal;
      isSignedIn.value = visit.value !== null && refusal.code === 'setup-incomplete';
      if (!isSignedIn.value) forget();
      return null;
    } finally {
      isRunning.value = false;
    }
  };

  const forget = (): void => {
    const id = visit.value?.id;
    visit.value = null;
    isSignedIn.value = false;
    if (id !== undefined) void engine.call('crm.cancelSignIn', { id }).catch(() => undefined);
  };
  onScopeDispose(forget);

  const openPage = (): void => {
    if (visit.value !== null) void shell.links.open(visit.value.link);
  };
  const finish = async () => {
    const { id } = visit.value ?? { id: '' };
    const answer = await engine.call('crm.finishSignIn', { id });
    visit.value = null;
    return answer;
  };
  const shared = ({ setup }: Wish) => (setup === undefined ? {} : { setup });

  return {
    isRunning,
    error,
    visit,
    isSignedIn,
    /** The browser has the person; the form waits. */
    isWaiting: computed(() => visit.value !== null && isRunning.value && !isSignedIn.value),
    openPage,
    cancel: forget,
    checkAgain: () => attempt(finish),
    connect: (wish: Wish) =>
      attempt(() =>
        wish.renewing
          ? engine.call('crm.renew', { id: wish.renewing.id, values: wish.values })
          : engine.call('crm.connect', { connectorId: wish.connector.id, name: wish.name, values: wish.values, ...shared(wish) }),
      ),
    signIn: (wish: Wish) =>
      attempt(async () => {
        forget();
        const { connector, name, values, renewing } = wish;
        visit.value = await engine.call('crm.beginSignIn', { connectionId: renewing?.id ?? null, connectorId: connector.id, name, values, ...shared(wish) });
        openPage();
        return finish();
      }),
  };
};
