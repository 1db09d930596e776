import { BridgeError } from '#bridge';
import { AuthNeeded, ConnectorError, Permanent, Unknown } from '../errors.ts';

/** What the kit refuses, in the words of a connector. */
export function toOAuthConnectorError(error: unknown): ConnectorError {
  if (error instanceof ConnectorError) return error;
  if (!(error instanceof BridgeError)) return new ConnectorError('internal', { detail: error instanceof Error ? error.message : String(error) });
  const { code, detail, server } = error.fault;
  if (code === 'signed-out' || code === 'sign-in-declined') return new AuthNeeded({ detail, server });
  if (code === 'server-unreachable') return new Unknown({ detail, server });
  if (code === 'server-incompatible') return new Permanent('server-incompatible', { detail, server });
  return new ConnectorError('internal', { detail, server });
}
