/**
 * XEP-0199 XMPP Ping, version 2.0.1 — https://xmpp.org/extensions/xep-0199.html
 * Asking, and how long an answer takes. Answers to others: `answer-requests.ts`.
 */
import type { IqRequest } from '../stream/iq-tracker.ts';
import { StanzaError } from '../stream/stanza-error.ts';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

export const pingQuery = (): XmlElement => element('ping', { xmlns: ns.ping });

/** Milliseconds to an address and back. A refusal has made the way too. @throws BridgeError when nothing comes back */
export async function roundTripMs(
  request: (iq: IqRequest) => Promise<XmlElement>,
  to: string,
  deadlineMs: number,
): Promise<number> {
  const startedAtMs = performance.now();
  try {
    await request({ type: 'get', to, payload: pingQuery(), deadlineMs });
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
  }
  return performance.now() - startedAtMs;
}
