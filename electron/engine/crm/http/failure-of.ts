import { ConnectorError, Offline, Permanent, Unknown } from '../errors.ts';

/** Nothing left this computer, or nobody listened. */
const notSentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const certificateCodes = /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH)/;

/** Sorts what `fetch` throws into "certainly not sent", "never will be" and "may have been applied". */
export function failureOf(error: unknown, server: string): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const code = codeOf(error);
  if (notSentCodes.has(code)) return new Offline({ detail: code, server });
  if (certificateCodes.test(code)) return new Permanent('certificate-invalid', { detail: code, server });
  return new Unknown({ detail: code, server });
}

/** The code of the innermost cause; several addresses tried at once count as the first. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error.cause !== undefined) return codeOf(error.cause);
  return error.name;
}
