import { BridgeError, isRetryable } from '#bridge';
import type { RpcError } from '#rpc';
import { StoreError } from '../store/store-error.ts';
import { RpcFailure } from './rpc-failure.ts';

const diskFullCodes: ReadonlySet<unknown> = new Set(['SQLITE_FULL', 'ENOSPC', 'EDQUOT']);

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/**
 * What the interface learns of a thrown error: refusals and faults of a network as they are, everything else as
 * `internal` without a word of its insides.
 * @param onUnexpected told of the errors that nobody foresaw, to log them
 */
export const toRpcError = (error: unknown, onUnexpected: (error: unknown) => void): RpcError => {
  if (error instanceof RpcFailure) return error.rpcError;
  if (error instanceof BridgeError) {
    const { code, ...more } = error.fault;
    return { code, message: `the network answered: ${code}`, isRetryable: isRetryable(error.fault), ...more };
  }
  if (error instanceof StoreError) return { code: error.code, message: error.message, isRetryable: false };
  onUnexpected(error);
  if (diskFullCodes.has(codeOf(error))) {
    return { code: 'disk-full', message: 'the disk is full', isRetryable: true };
  }
  return { code: 'internal', message: 'something went wrong inside; the log has more', isRetryable: false };
};
