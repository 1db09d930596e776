import type { RpcError } from '#rpc';

/** An answer of the engine that is an error. */
export class EngineFault extends Error {
  readonly code: string;

  constructor(fault: Pick<RpcError, 'code' | 'message'>) {
    super(fault.message);
    this.name = 'EngineFault';
    this.code = fault.code;
  }
}
