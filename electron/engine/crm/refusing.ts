import { RpcFailure } from '../rpc/rpc-failure.ts';
import { ConnectorError } from './errors.ts';

/** Refusals of a CRM as the interface expects them. */
export async function refusing<Result>(work: () => Promise<Result> | Result): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const { code, more } = error;
    const isRetryable = code === 'offline' || code === 'server-unreachable' || code === 'server-error' || code === 'rate-limited';
    throw new RpcFailure(code, error.message, { isRetryable, ...more });
  }
}
