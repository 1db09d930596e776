import type { RpcInput, RpcMethod, RpcOutput } from '#rpc';
import type { RpcClient } from './rpc-client.ts';

/** One handler a method; a method of the contract without one does not compile. */
export type RpcHandlers = {
  readonly [Method in RpcMethod]: (input: RpcInput<Method>, client: RpcClient) => RpcOutput<Method> | Promise<RpcOutput<Method>>;
};

/** The handlers of one domain: `DomainHandlers<'vault'>` has `vault.create` and `vault.unlock`. */
export type DomainHandlers<Domain extends string> = Pick<RpcHandlers, Extract<RpcMethod, `${Domain}.${string}`>>;
