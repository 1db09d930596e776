/**
 * XEP-0100 Gateway Interaction, version 1.0 — https://xmpp.org/extensions/xep-0100.html
 * The prompt for an address of the other network (section 6). Contact lists: 0144-roster-exchange.ts.
 */
import { bareJid } from '../jid.ts';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

export interface AddressPrompt {
  readonly description: string;
  readonly label: string;
}

const longest = 2_000;

export const promptQuery = (): XmlElement => element('query', { xmlns: ns.gatewayPrompt });

/** The address on the other network, as a person writes it there. */
export const promptAnswer = (text: string): XmlElement =>
  element('query', { xmlns: ns.gatewayPrompt }, element('prompt', {}, text));

/** What the gateway asks for; null when the stanza asks nothing. */
export function readPrompt(result: XmlElement): AddressPrompt | null {
  const query = result.child('query', ns.gatewayPrompt);
  if (query === undefined) return null;
  return { description: (query.childText('desc') ?? '').slice(0, longest), label: (query.childText('prompt') ?? '').slice(0, longest) };
}

/** The address here; null unless it is one of the gateway that was asked. */
export function readPromptResult(result: XmlElement, gateway: string): string | null {
  const query = result.child('query', ns.gatewayPrompt);
  const address = bareJid(query?.childText('jid') ?? query?.childText('prompt'));
  if (address === null) return null;
  return address.slice(address.indexOf('@') + 1) === gateway ? address : null;
}
