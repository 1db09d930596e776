import type { RpcHandlers } from './handlers.ts';

/** Pushing to a CRM: its methods are the `crm.…` methods of the contract. */
export type CrmService = {
  readonly [Method in keyof RpcHandlers as Method extends `crm.${infer Name}` ? Name : never]: RpcHandlers[Method];
};
