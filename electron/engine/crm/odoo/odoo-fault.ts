import { AuthNeeded, Conflict, Permanent, Unknown } from '../errors.ts';
import type { ConnectorError } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';

/**
 * An exception of Odoo by its Python name. Its transaction was rolled back: nothing was written. Words of the database
 * driver are left out, because they name hosts and users.
 */
export function odooFault(name: unknown, message: unknown): ConnectorError {
  const kind = asText(name);
  const words = asText(message);
  const sentence = cleanLine(words, 300);
  if (/AccessDenied|SessionExpired|Unauthorized/.test(kind)) return new AuthNeeded({ detail: kind });
  if (/AccessError|Forbidden/.test(kind)) return new Permanent('forbidden', { detail: sentence });
  if (/MissingError/.test(kind)) return new Permanent('record-gone', { detail: sentence });
  if (/SerializationFailure|TransactionRollback|UniqueViolation|IntegrityError|LockNotAvailable/.test(kind)) return new Conflict({ detail: kind });
  if (kind.startsWith('psycopg2')) {
    return /database .* does not exist/.test(words) ? new Permanent('rejected', { detail: 'no such database' }) : new Unknown({ detail: kind }, 'server-error');
  }
  return new Permanent('rejected', { detail: sentence || kind });
}

/** The first error of a `load`, which answers it in words. Nothing of that call was written. */
export function loadFault(sentence: string): ConnectorError {
  const detail = cleanLine(sentence, 300);
  if (/duplicate key|ir_model_data_.*uniq|could not serialize|concurrent update/i.test(sentence)) return new Conflict({ detail: 'external id' });
  if (/AccessError|not allowed|access right/i.test(sentence)) return new Permanent('forbidden', { detail });
  if (/MissingError|does not exist or has been deleted/i.test(sentence)) return new Permanent('record-gone', { detail });
  return new Permanent('rejected', { detail });
}
