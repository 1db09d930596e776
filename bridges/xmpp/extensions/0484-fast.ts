/**
 * XEP-0484 Fast Authentication Streamlining Tokens, version 0.2.0 — https://xmpp.org/extensions/xep-0484.html
 * with the HT mechanisms of draft-schmaus-kitten-sasl-ht-09. Left out: TLS 0-RTT, which Node does not offer, and with
 * it the counter; HT-*-UNIQ, whose binding TLS 1.3 does not have.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import type { ChannelBindings } from './0440-channel-binding-types.ts';
import { ns } from '../namespaces.ts';

/** Best binding first: without one, a stolen hash could be used by whoever sits in the middle. */
const mechanisms = ['HT-SHA-256-EXPR', 'HT-SHA-256-ENDP', 'HT-SHA-256-NONE'] as const;

export type FastMechanism = (typeof mechanisms)[number];

const bindingTypes = {
  'HT-SHA-256-EXPR': 'tls-exporter',
  'HT-SHA-256-ENDP': 'tls-server-end-point',
  'HT-SHA-256-NONE': null,
} as const;

/** As secret as a password; belongs to the mechanism it was asked for. */
export interface FastToken {
  readonly mechanism: FastMechanism;
  readonly token: string;
  readonly expiresAtMs: number;
}

/** What a server offers, and what we can use of it on this connection. */
export interface FastOffer {
  readonly usable: readonly FastMechanism[];
}

const mostTokenLength = 4_096;

export function readFastOffer(inline: XmlElement | undefined, bindings: ChannelBindings): FastOffer | null {
  const fast = inline?.child('fast', ns.fast);
  if (fast === undefined) return null;
  const offered = new Set(fast.childrenNamed('mechanism').map((mechanism) => mechanism.text().trim()));
  const usable = mechanisms.filter((name) => offered.has(name) && (bindingTypes[name] === null || bindingFor(name, bindings) !== null));
  return { usable };
}

/** The data that this mechanism signs along with the token; null: none. */
export function bindingFor(name: FastMechanism, bindings: ChannelBindings): Buffer | null {
  const type = bindingTypes[name];
  return type === null ? null : (bindings.get(type) ?? null);
}

export const requestToken = (mechanism: FastMechanism): XmlElement =>
  element('request-token', { xmlns: ns.fast, mechanism });

/** Says that a token signs us in; with `isLast` the server forgets it in the same step. */
export const useToken = (isLast: boolean): XmlElement =>
  element('fast', { xmlns: ns.fast, invalidate: isLast ? 'true' : undefined });

/** The token that came with success, also as a successor of the one just used. Null: none, or none we can use. */
export function readToken(success: XmlElement, mechanism: FastMechanism): FastToken | null {
  const given = success.child('token', ns.fast);
  const token = given?.attribute('token') ?? '';
  const expiresAtMs = Date.parse(given?.attribute('expiry') ?? '');
  if (token === '' || token.length > mostTokenLength || !Number.isFinite(expiresAtMs)) return null;
  return { mechanism, token, expiresAtMs };
}

export const isFastMechanism = (name: unknown): name is FastMechanism => mechanisms.some((known) => known === name);
