/**
 * XEP-0388 Extensible SASL Profile, version 1.0.0 — https://xmpp.org/extensions/xep-0388.html
 * Left out: tasks after the password (`<continue/>`: second factors, password upgrades), which end in a clear fault.
 */
import { BridgeError } from '#bridge';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

export interface Sasl2Offer {
  readonly mechanisms: ReadonlySet<string>;
  /** What may be negotiated in the same round trip. */
  readonly inline: XmlElement | undefined;
}

export interface Sasl2Request {
  readonly mechanism: string;
  readonly initialResponse: Buffer;
  /** Tells this installation from our other ones; a UUID that is made once an account. */
  readonly userAgentId: string;
  readonly inline: readonly XmlElement[];
}

/** Null when the server does not know SASL2. */
export function readSasl2Offer(features: XmlElement): Sasl2Offer | null {
  const authentication = features.child('authentication', ns.sasl2);
  if (authentication === undefined) return null;
  const mechanisms = authentication.childrenNamed('mechanism').map((mechanism) => mechanism.text().trim());
  return { mechanisms: new Set(mechanisms), inline: authentication.child('inline') };
}

/** The software is named, the computer is not: a device name tells more of a person than signing in needs. */
export const authenticateRequest = ({ mechanism, initialResponse, userAgentId, inline }: Sasl2Request): XmlElement =>
  element(
    'authenticate',
    { xmlns: ns.sasl2, mechanism },
    element('initial-response', {}, initialResponse.toString('base64')),
    element('user-agent', { id: userAgentId }, element('software', {}, 'Palomar')),
    ...inline,
  );

/** Our address after success: full when a resource was bound. */
export const authorizationIdentifier = (success: XmlElement): string | undefined =>
  success.childText('authorization-identifier')?.trim();

/** The fault of `<continue/>`: the password was right, and the server wants more than that. */
export function continueFault(answer: XmlElement, server: string): BridgeError {
  const tasks = answer.child('tasks')?.childrenNamed('task').map((task) => task.text().trim().slice(0, 60)) ?? [];
  const detail = `the server asks for another step: ${tasks.slice(0, 5).join(', ') || 'unnamed'}`;
  return new BridgeError('no-login-method', { server, detail });
}
