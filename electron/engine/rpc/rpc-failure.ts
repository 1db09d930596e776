import type { RpcError, RpcErrorCode } from '#rpc';

/** A refusal that a caller may know about: thrown anywhere in the engine, it reaches the interface as it is. */
export class RpcFailure extends Error {
  readonly rpcError: RpcError;

  constructor(code: RpcErrorCode, message: string, more: Partial<Omit<RpcError, 'code' | 'message'>> = {}) {
    super(message);
    this.name = 'RpcFailure';
    this.rpcError = { code, message, isRetryable: false, ...more };
  }
}

export const notFound = (what: string): RpcFailure => new RpcFailure('not-found', `no such ${what}`);
