/** Refusals of an authorization server, in the words of the contract. */
import { AuthorizationResponseError, OperationProcessingError, ResponseBodyError, WWWAuthenticateChallengeError } from 'oauth4webapi';
import { BridgeError, type BridgeErrorCode } from '#bridge';

const mostDetail = 300;

/** These say that the server itself has a problem now; everything else is an answer. */
const laterCodes: ReadonlySet<string> = new Set(['server_error', 'temporarily_unavailable']);

const detailOf = (error: string, description: string | undefined): string =>
  (description === undefined ? error : `${error}: ${description}`).slice(0, mostDetail);

/** `refused`: what it means here when the server does not accept what it was given. */
export function toOAuthFault(error: unknown, server: string, refused: BridgeErrorCode): BridgeError {
  if (error instanceof BridgeError) return error;
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const code = laterCodes.has(error.error) ? 'server-unreachable' : refused;
    return new BridgeError(code, { server, detail: detailOf(error.error, error.error_description) });
  }
  if (error instanceof WWWAuthenticateChallengeError) return new BridgeError(refused, { server, detail: `HTTP ${error.status}` });
  if (error instanceof OperationProcessingError) return new BridgeError('server-incompatible', { server, detail: error.message.slice(0, mostDetail) });
  return new BridgeError('internal', { server, detail: error instanceof Error ? error.message.slice(0, mostDetail) : String(error) });
}
