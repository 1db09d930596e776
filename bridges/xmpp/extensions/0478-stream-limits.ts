/**
 * XEP-0478 Stream Limits Advertisement, version 0.1.0 — https://xmpp.org/extensions/xep-0478.html
 * Nothing is left out for a client. A limit below what RFC 6120 section 13.12 guarantees is taken for that guarantee.
 */
import type { XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

export interface StreamLimits {
  /** Most bytes of one stanza; null: not said. */
  readonly maxBytes: number | null;
  /** How long we may say nothing before the server asks or leaves; null: not said. */
  readonly idleSeconds: number | null;
}

export const noLimits: StreamLimits = { maxBytes: null, idleSeconds: null };

const leastMaxBytes = 10_000;

/** The limits among stream features; `noLimits` when there are none. */
export function readStreamLimits(features: XmlElement): StreamLimits {
  const limits = features.child('limits', ns.streamLimits);
  const maxBytes = positive(limits?.childText('max-bytes'));
  return {
    maxBytes: maxBytes === null ? null : Math.max(maxBytes, leastMaxBytes),
    idleSeconds: positive(limits?.childText('idle-seconds')),
  };
}

function positive(text: string | undefined): number | null {
  const number = /^\s*\d{1,10}\s*$/.test(text ?? '') ? Number(text) : 0;
  return number > 0 ? number : null;
}
