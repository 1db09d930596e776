import { AuthNeeded, Conflict, Permanent } from '../errors.ts';
import type { ConnectorError } from '../errors.ts';
import { asArray, asText } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';

/**
 * The `error` member of a JSON-RPC answer: `["UserError", ["sentence", "", null]]`, or a bare exception text.
 * An error answer means that the transaction was rolled back: nothing was written.
 */
export function trytonFault(error: unknown): ConnectorError {
  const [name, more] = asArray(error);
  const kind = asText(name);
  const sentence = cleanLine(asText(asArray(more)[0]) || asText(more) || kind, 300);
  if (kind === 'ConcurrencyException') return new Conflict({ detail: sentence });
  if (kind === 'NotLogged' || kind === 'LoginException') return new AuthNeeded({ detail: kind });
  if (/must be unique|already exists|database is locked/i.test(`${kind} ${sentence}`)) return new Conflict({ detail: sentence });
  if (/do(es)?n.t exist anymore/i.test(sentence)) return new Permanent('record-gone', { detail: sentence });
  if (kind === 'AccessError' || /not allowed|access right/i.test(sentence)) return new Permanent('forbidden', { detail: sentence });
  return new Permanent('rejected', { detail: sentence });
}
