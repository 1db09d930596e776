import type { BridgeSession } from '#bridge';
import type { AccountId } from '#model';
import type { RpcClient } from '../rpc/rpc-client.ts';

export interface ActivityOptions {
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  readonly accountIds: () => readonly AccountId[];
}

/** Whether anybody looks at the app: a server may hold back what can wait while nobody does (XEP-0352). */
export interface Activity {
  /** A page is looked at, or not; a page that goes away is not. */
  readonly set: (client: RpcClient, isActive: boolean) => void;
  /** The account came online. */
  readonly tell: (id: AccountId) => void;
}

export const createActivity = ({ sessionOf, accountIds }: ActivityOptions): Activity => {
  const looking = new Set<RpcClient>();
  const known = new WeakSet<RpcClient>();
  /** Until a page said something, somebody may be looking. */
  let isActive = true;

  const tell = (id: AccountId): void => sessionOf(id)?.setActive?.(isActive);
  const look = (): void => {
    if (isActive === looking.size > 0) return;
    isActive = looking.size > 0;
    for (const id of accountIds()) tell(id);
  };
  const forget = (client: RpcClient): void => {
    looking.delete(client);
    look();
  };

  return {
    tell,
    set: (client, isLooking) => {
      if (!known.has(client)) client.onClose(() => forget(client));
      known.add(client);
      if (isLooking) looking.add(client);
      else looking.delete(client);
      look();
    },
  };
};
