import type { CrmService } from './crm-service.ts';
import { RpcFailure } from './rpc-failure.ts';

const refuse = (): never => {
  throw new RpcFailure('not-possible', 'no CRM is connected');
};

/** An engine without any CRM. */
export const absentCrm: CrmService = {
  connectors: () => [],
  connections: () => [],
  connect: refuse,
  probe: refuse,
  updateConnection: refuse,
  disconnect: refuse,
  plan: refuse,
  push: refuse,
  pushNow: refuse,
  cancel: refuse,
  retry: refuse,
  queue: () => [],
  summary: () => [],
};
