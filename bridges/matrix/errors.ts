/** What servers and sockets say when they refuse, in the words of the contract. */
import { BridgeError, type BridgeErrorCode, type BridgeFault } from '#bridge';
import { asCount, asRecord, asString } from './event-shape.ts';

/** An answer with a status that is no success. */
export interface RefusedAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Value of the `Retry-After` header. */
  readonly retryAfter?: string | null | undefined;
  readonly server?: string | undefined;
}

const codes: ReadonlyMap<string, BridgeErrorCode> = new Map([
  ['M_FORBIDDEN', 'forbidden'],
  ['M_UNKNOWN_TOKEN', 'signed-out'],
  ['M_MISSING_TOKEN', 'signed-out'],
  ['M_USER_DEACTIVATED', 'account-disabled'],
  ['M_USER_LOCKED', 'account-disabled'],
  ['M_USER_SUSPENDED', 'forbidden'],
  ['M_LIMIT_EXCEEDED', 'rate-limited'],
  ['M_NOT_FOUND', 'not-found'],
  ['M_TOO_LARGE', 'too-large'],
  ['M_UNRECOGNIZED', 'unsupported'],
  ['M_GUEST_ACCESS_FORBIDDEN', 'forbidden'],
  ['M_CANNOT_LEAVE_SERVER_NOTICE_ROOM', 'forbidden'],
  ['M_INVALID_USERNAME', 'wrong-address'],
]);

const codeOfStatus = (status: number): BridgeErrorCode => {
  if (status === 429) return 'rate-limited';
  if (status === 413) return 'too-large';
  if (status === 401) return 'signed-out';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  return status >= 500 ? 'server-unreachable' : 'rejected';
};

const defaultRetryMs = 5_000;
const maxRetryMs = 24 * 60 * 60 * 1_000;

/** When to try again. The header wins over the older body field (MSC4041). */
const retryAfterMs = (answer: RefusedAnswer, nowMs: number): number => {
  const seconds = /^\d{1,9}$/u.test(answer.retryAfter ?? '') ? Number(answer.retryAfter) : undefined;
  const date = Date.parse(answer.retryAfter ?? '');
  // The body counts in milliseconds; where both are there the finer one is meant by the same server.
  const fromBody = asCount(asRecord(answer.body)['retry_after_ms']);
  const fromHeader = seconds === undefined ? (Number.isNaN(date) ? undefined : Math.max(date - nowMs, 0)) : seconds * 1_000;
  return Math.min(fromBody ?? fromHeader ?? defaultRetryMs, maxRetryMs);
};

/** The error for an answer of a Matrix server. */
export const errorOfAnswer = (answer: RefusedAnswer, nowMs: number): BridgeError => {
  const body = asRecord(answer.body);
  const name = asString(body['errcode']);
  const isSoft = answer.status === 401 && body['soft_logout'] === true;
  const code = isSoft ? 'session-expired' : ((answer.status >= 500 ? undefined : codes.get(name ?? '')) ?? codeOfStatus(answer.status));
  const words = [name, asString(body['error'])].filter((part) => part !== undefined).join(': ');
  return new BridgeError(code, {
    detail: (words === '' ? `HTTP ${String(answer.status)}` : words).slice(0, 500),
    ...(answer.server === undefined ? {} : { server: answer.server }),
    ...(code === 'rate-limited' ? { retryAtMs: nowMs + retryAfterMs(answer, nowMs) } : {}),
  });
};

const certificateCodes =
  /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_(?:VERIFY|GET_ISSUER)|HOSTNAME_MISMATCH)/u;

const causeOf = (error: unknown): { readonly code: string; readonly message: string } => {
  let current = error;
  let message = error instanceof Error ? error.message : String(error);
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    ({ message } = current);
    if ('code' in current && typeof current.code === 'string') return { code: current.code, message };
    current = current.cause;
  }
  return { code: '', message };
};

/** The error for a request that got no answer. `lookupCode`: what a name without an address means here. */
export const errorOfSilence = (
  error: unknown,
  server: string,
  lookupCode: 'wrong-address' | 'server-unreachable' = 'server-unreachable',
): BridgeError => {
  if (error instanceof BridgeError) return error;
  const { code, message } = causeOf(error);
  const more: Omit<BridgeFault, 'code'> = { detail: `${code} ${message}`.trim().slice(0, 500), server };
  if (error instanceof Error && error.name === 'AbortError') return new BridgeError('cancelled', { server });
  if (certificateCodes.test(code)) return new BridgeError('certificate-invalid', more);
  if (code === 'ENOTFOUND' || code === 'ERR_INVALID_URL') return new BridgeError(lookupCode, more);
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return new BridgeError('no-encryption', more);
  return new BridgeError('server-unreachable', more);
};

/** Any error of matrix-js-sdk or of ours. SDK errors are known by their fields: they may come from another copy. */
export const toBridgeError = (error: unknown, server: string, nowMs: number): BridgeError => {
  if (error instanceof BridgeError) return error;
  if (error instanceof Error && 'httpStatus' in error && typeof error.httpStatus === 'number') {
    const body = 'data' in error ? error.data : undefined;
    return errorOfAnswer({ status: error.httpStatus, body, server }, nowMs);
  }
  if (error instanceof Error && error.name === 'ConnectionError') return errorOfSilence(error, server);
  // The disk or a mistake of ours: not the server's doing.
  return new BridgeError('internal', { detail: error instanceof Error ? error.message : String(error) });
};
