import { BridgeError, type BridgeSession, type ServiceAbility } from '#bridge';
import type { AccountId } from '#model';
import type { WritableDb } from '../../store/database.ts';
import { accounts } from '../../store/repositories/accounts.ts';
import type { Watchdog } from '../../watchdog/watchdog.ts';
import type { DomainHandlers } from '../handlers.ts';
import type { RpcClient } from '../rpc-client.ts';
import { notFound } from '../rpc-failure.ts';

export interface ServiceHandlerDeps {
  readonly db: WritableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  readonly watchdog: Pick<Watchdog, 'alerts' | 'dismiss' | 'outagesOf'>;
}

/** Nobody waits longer for a list. */
const patienceMs = 60_000;

export const createServiceHandlers = ({ db, sessionOf, watchdog }: ServiceHandlerDeps): DomainHandlers<'services'> => {
  /** @throws BridgeError `offline`, `unsupported` */
  const servicesOf = (accountId: AccountId): ServiceAbility => {
    if (accounts.get(db, accountId) === null) throw notFound('account');
    const session = sessionOf(accountId);
    if (session === null) throw new BridgeError('offline', { detail: 'the account is not connected' });
    if (session.services === undefined) throw new BridgeError('unsupported');
    return session.services;
  };
  /** Ends with the page that asked. */
  const whileAsked = async <Answer>(client: RpcClient, ask: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> => {
    const abort = new AbortController();
    const forget = client.onClose(() => abort.abort(new BridgeError('cancelled')));
    try {
      return await ask(AbortSignal.any([abort.signal, AbortSignal.timeout(patienceMs)]));
    } finally {
      forget();
    }
  };

  return {
    'services.list': ({ accountId }, client) => whileAsked(client, (signal) => servicesOf(accountId).list(signal)),
    'services.inspect': ({ accountId, address, node }, client) =>
      whileAsked(client, (signal) => servicesOf(accountId).inspect(address.trim(), node === '' ? null : node, signal)),
    'services.setLetsPeopleIn': async ({ accountId, address, isAllowed }) => {
      const services = servicesOf(accountId);
      if (services.setLetsPeopleIn === undefined) throw new BridgeError('unsupported');
      await services.setLetsPeopleIn(address.trim(), isAllowed);
      return { isDone: true };
    },
    'services.commands': ({ accountId, address }, client) =>
      whileAsked(client, (signal) => servicesOf(accountId).commands(address.trim(), signal)),
    'services.alerts': () => watchdog.alerts(),
    'services.dismissAlert': (key) => {
      if (!watchdog.dismiss(key)) throw notFound('alert');
      return { isDismissed: true };
    },
    'services.outages': ({ conversationId }) => watchdog.outagesOf(conversationId),
  };
};
