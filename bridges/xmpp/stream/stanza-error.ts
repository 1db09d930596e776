import { BridgeError, type BridgeErrorCode } from '#bridge';
import { ns } from '../namespaces.ts';
import type { XmlElement } from './xml/element.ts';

/** Conditions of RFC 6120 section 8.3.3 by what they mean to a person. Everything else is a final refusal. */
const codes: Readonly<Record<string, BridgeErrorCode>> = {
  'item-not-found': 'not-found',
  'remote-server-not-found': 'wrong-address',
  'jid-malformed': 'wrong-address',
  'remote-server-timeout': 'server-unreachable',
  'internal-server-error': 'server-unreachable',
  'recipient-unavailable': 'rejected',
  forbidden: 'forbidden',
  'not-authorized': 'forbidden',
  'registration-required': 'forbidden',
  'not-allowed': 'forbidden',
  'subscription-required': 'forbidden',
  'feature-not-implemented': 'unsupported',
  'service-unavailable': 'unsupported',
  'resource-constraint': 'rate-limited',
  'policy-violation': 'rejected',
  conflict: 'conflict',
};

/** The `<error/>` of a stanza. */
export class StanzaError extends BridgeError {
  readonly condition: string;
  /** Their own words. */
  readonly text: string | undefined;
  /** The whole answer: some servers send along what would help. */
  readonly stanza: XmlElement | undefined;

  constructor(condition: string, text: string | undefined, server: string | undefined, stanza?: XmlElement) {
    const code = Object.hasOwn(codes, condition) ? codes[condition] : undefined;
    super(code ?? 'rejected', { server, detail: text === undefined ? condition : `${condition}: ${text}` });
    this.name = 'StanzaError';
    this.condition = condition;
    this.text = text;
    this.stanza = stanza;
  }

  static from(stanza: XmlElement): StanzaError {
    const error = stanza.child('error');
    const conditions = error?.elements().filter((child) => child.namespace === ns.stanzaErrors) ?? [];
    const condition = conditions.find((child) => child.name !== 'text')?.name ?? 'undefined-condition';
    const text = conditions.find((child) => child.name === 'text')?.text().slice(0, 300);
    return new StanzaError(condition, text, stanza.attribute('from')?.slice(0, 300), stanza);
  }
}
