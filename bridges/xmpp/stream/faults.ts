import { BridgeError, toFault, type BridgeErrorCode } from '#bridge';
import type { StreamLimits } from '../extensions/0478-stream-limits.ts';
import { ns } from '../namespaces.ts';
import type { XmlElement } from './xml/element.ts';

/** Conditions of `<stream:error/>` (RFC 6120 section 4.9.3) by what they mean to a person. */
const streamErrorCodes: Readonly<Record<string, BridgeErrorCode>> = {
  'host-unknown': 'wrong-address',
  'host-gone': 'wrong-address',
  conflict: 'conflict',
  'policy-violation': 'rate-limited',
  'resource-constraint': 'rate-limited',
  'not-authorized': 'server-unreachable',
  'connection-timeout': 'server-unreachable',
  'internal-server-error': 'server-unreachable',
  'remote-connection-failed': 'server-unreachable',
  reset: 'server-unreachable',
  'system-shutdown': 'server-unreachable',
  'see-other-host': 'server-unreachable',
  'undefined-condition': 'server-unreachable',
};

/** Conditions of a SASL `<failure/>` (RFC 6120 section 6.5). */
const saslFailureCodes: Readonly<Record<string, BridgeErrorCode>> = {
  'not-authorized': 'wrong-password',
  'credentials-expired': 'wrong-password',
  'account-disabled': 'account-disabled',
  'temporary-auth-failure': 'server-unreachable',
  'encryption-required': 'no-encryption',
  'invalid-mechanism': 'no-login-method',
  'mechanism-too-weak': 'no-login-method',
};

export const streamErrorFault = (error: XmlElement, server: string): BridgeError =>
  conditionFault(error, ns.streamErrors, streamErrorCodes, server);

export const saslFault = (failure: XmlElement, server: string): BridgeError =>
  conditionFault(failure, ns.sasl, saslFailureCodes, server);

function conditionFault(
  error: XmlElement,
  namespace: string,
  codes: Readonly<Record<string, BridgeErrorCode>>,
  server: string,
): BridgeError {
  const conditions = error.elements().filter((child) => child.namespace === namespace && child.name !== 'text');
  const condition = conditions[0]?.name ?? 'undefined-condition';
  // XEP-0388 puts the words into its own namespace, RFC 6120 beside the condition.
  const words = (error.childText('text', namespace) ?? error.childText('text'))?.slice(0, 300);
  const code = Object.hasOwn(codes, condition) ? codes[condition] : undefined;
  const detail = words === undefined ? condition : `${condition}: ${words}`;
  return new BridgeError(code ?? 'server-incompatible', { server, detail });
}

/** Trying again by ourselves cannot help: the person has to act. */
const personHasToAct: ReadonlySet<BridgeErrorCode> = new Set([
  'wrong-password',
  'wrong-proxy-password',
  'account-disabled',
  'no-login-method',
  'server-not-trusted',
  'signed-out',
  'conflict',
]);

export const needsPerson = (error: BridgeError): boolean => personHasToAct.has(error.fault.code);

export const asBridgeError = (error: unknown): BridgeError =>
  error instanceof BridgeError ? error : new BridgeError('internal', toFault(error));

/** The server ends the stream over a stanza above its limit (XEP-0478), so such a one never goes out. Null: it is fine. */
export function sizeFault(xml: string, { maxBytes }: StreamLimits, server: string): BridgeError | null {
  // No character takes more than three bytes a unit.
  if (maxBytes === null || xml.length * 3 <= maxBytes || Buffer.byteLength(xml) <= maxBytes) return null;
  return new BridgeError('too-large', { server, limitBytes: maxBytes });
}
