/**
 * XEP-0386 Bind 2, version 1.0.0 — https://xmpp.org/extensions/xep-0386.html
 * with the inline parts of XEP-0198, XEP-0280 and XEP-0352. Left out: the archive's `<metadata/>`, since the archive is
 * asked anyway. Used only where XEP-0198 can be enabled inline; elsewhere the steps of RFC 6120 follow.
 */
import { BridgeError } from '#bridge';
import { fullJid } from '../jid.ts';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { clientState } from './0352-client-state.ts';
import { enableCarbons } from './0280-carbons.ts';
import { authorizationIdentifier } from './0388-sasl2.ts';
import { ns } from '../namespaces.ts';

export interface Bind2Offer {
  readonly hasCarbons: boolean;
  readonly hasClientState: boolean;
  readonly canManageStream: boolean;
}

export interface Bound {
  readonly jid: string;
  /** Undefined when stream management was refused, null when the session cannot be resumed. */
  readonly resumptionId: string | null | undefined;
}

/** Null when the server binds no resource inline. */
export function readBind2Offer(inline: XmlElement | undefined): Bind2Offer | null {
  const bind = inline?.child('bind', ns.bind2);
  if (bind === undefined) return null;
  const features = new Set(bind.child('inline')?.childrenNamed('feature').map((feature) => feature.attribute('var')) ?? []);
  return {
    hasCarbons: features.has(ns.carbons),
    hasClientState: features.has(ns.clientState),
    canManageStream: features.has(ns.streamManagement),
  };
}

/** Asks for a resource whose name begins with ours, and for all that a session of ours needs. */
export const bindRequest = (offer: Bind2Offer, isActive: boolean): XmlElement =>
  element(
    'bind',
    { xmlns: ns.bind2 },
    element('tag', {}, 'Palomar'),
    offer.hasCarbons && enableCarbons(),
    offer.canManageStream && element('enable', { xmlns: ns.streamManagement, resume: 'true' }),
    offer.hasClientState && !isActive && clientState(false),
  );

/** @throws BridgeError when the server signed us in and gave no address */
export function readBound(success: XmlElement, server: string): Bound {
  const bound = success.child('bound', ns.bind2);
  const jid = fullJid(authorizationIdentifier(success));
  if (bound === undefined || jid === null || !jid.includes('/')) {
    const failure = success.child('failed', ns.bind2)?.elements()[0];
    const condition = failure?.childIn(ns.stanzaErrors)?.name ?? 'no address given';
    const code = condition === 'resource-constraint' ? 'rate-limited' : 'server-incompatible';
    throw new BridgeError(code, { server, detail: `the server refused the session: ${condition}` });
  }
  const enabled = bound.child('enabled', ns.streamManagement);
  if (enabled === undefined) return { jid, resumptionId: undefined };
  const canResume = ['true', '1'].includes(enabled.attribute('resume') ?? '');
  return { jid, resumptionId: canResume ? (enabled.attribute('id') ?? null) : null };
}
