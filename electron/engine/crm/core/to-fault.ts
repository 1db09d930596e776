import type { Fault } from '#rpc';
import type { ConnectorError } from '../errors.ts';

/** A refusal as the interface shows it. */
export const toFault = (error: ConnectorError): Fault => ({ code: error.code, ...error.more });
