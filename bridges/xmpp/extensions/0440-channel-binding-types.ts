/**
 * XEP-0440 SASL Channel-Binding Type Capability, version 0.4.2 — https://xmpp.org/extensions/xep-0440.html
 * Left out: tls-unique, which TLS 1.3 does not have. -PLUS is used only with a type that the server says it checks:
 * ejabberd before 24.02 offers -PLUS on TLS 1.3 and checks something else.
 */
import type { XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

/** Strongest first: the exporter binds to this very connection, the end point only to the server's certificate. */
export const bindingTypesByStrength = ['tls-exporter', 'tls-server-end-point'] as const;

export type ChannelBindingType = (typeof bindingTypesByStrength)[number];

/** The data of every type that both sides can do, strongest first. */
export type ChannelBindings = ReadonlyMap<ChannelBindingType, Buffer>;

/** Every type the server names, known to us or not; null when it says nothing of them. */
export function advertisedBindings(features: XmlElement): readonly string[] | null {
  const types = features.child('sasl-channel-binding', ns.channelBinding)?.childrenNamed('channel-binding');
  return types?.map((type) => type.attribute('type') ?? '') ?? null;
}

/** What the server names and our connection can give. */
export function usableBindings(
  advertised: readonly string[] | null,
  dataOf: (type: ChannelBindingType) => Buffer | null,
): ChannelBindings {
  const usable = new Map<ChannelBindingType, Buffer>();
  for (const type of bindingTypesByStrength) {
    const data = advertised?.includes(type) === true ? dataOf(type) : null;
    if (data !== null) usable.set(type, data);
  }
  return usable;
}

export const isBindingType = (type: unknown): type is ChannelBindingType =>
  bindingTypesByStrength.some((known) => known === type);
