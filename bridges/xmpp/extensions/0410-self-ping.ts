/** XEP-0410 MUC Self-Ping (Schrödinger's Chat), version 1.1.0 — https://xmpp.org/extensions/xep-0410.html */
import { BridgeError } from '#bridge';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

/** Sent to our own address in the room. */
export const selfPing = (): XmlElement => element('ping', { xmlns: ns.ping });

/** Answers of a client of ours that stands in the room, though it cannot be pinged (section 3.1). */
const presentConditions: ReadonlySet<string> = new Set(['service-unavailable', 'feature-not-implemented', 'item-not-found']);
/** Nobody knows: the room's server cannot be reached. */
const unknownConditions: ReadonlySet<string> = new Set(['remote-server-not-found', 'remote-server-timeout']);

/** What a refused ping says about us and the room. */
export function readSelfPingError(error: unknown): 'present' | 'absent' | 'unknown' {
  const condition = error instanceof BridgeError && 'condition' in error ? String(error.condition) : null;
  if (condition === null || unknownConditions.has(condition)) return 'unknown';
  return presentConditions.has(condition) ? 'present' : 'absent';
}
