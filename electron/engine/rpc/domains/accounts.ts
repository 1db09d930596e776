import type { AccountService } from '../../accounts/account-service.ts';
import type { DomainHandlers } from '../handlers.ts';

export const createAccountHandlers = (service: AccountService): DomainHandlers<'accounts'> => ({
  'accounts.add': service.add,
  'accounts.renew': service.renew,
  'accounts.update': service.update,
  'accounts.remove': async ({ id }) => {
    await service.remove(id);
    return { isRemoved: true };
  },
  'accounts.reconnect': ({ id }) => {
    service.reconnect(id);
    return { isStarted: true };
  },
});
