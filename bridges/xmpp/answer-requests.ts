import type { OwnCapabilities } from './extensions/0030-service-discovery.ts';
import { element, type XmlElement } from './stream/xml/element.ts';
import { ns } from './namespaces.ts';

/**
 * The answer to a request that somebody sends us. A get or set must always be answered (RFC 6120 section 8.2.3), if
 * only with `service-unavailable`. Null: the stanza is no request.
 */
export function answerRequest(stanza: XmlElement, capabilities: OwnCapabilities): XmlElement | null {
  const type = stanza.attribute('type');
  if (stanza.name !== 'iq' || (type !== 'get' && type !== 'set')) return null;
  const payload = type === 'get' ? answerGet(stanza, capabilities) : null;
  return payload === null ? refusal(stanza) : result(stanza, payload === 'empty' ? undefined : payload);
}

export const result = (request: XmlElement, payload?: XmlElement): XmlElement =>
  element('iq', { xmlns: ns.client, type: 'result', id: request.attribute('id'), to: request.attribute('from') }, payload);

export const refusal = (request: XmlElement): XmlElement =>
  element(
    'iq',
    { xmlns: ns.client, type: 'error', id: request.attribute('id'), to: request.attribute('from') },
    element('error', { type: 'cancel' }, element('service-unavailable', { xmlns: ns.stanzaErrors })),
  );

function answerGet(stanza: XmlElement, capabilities: OwnCapabilities): XmlElement | 'empty' | null {
  if (stanza.child('ping', ns.ping) !== undefined) return 'empty'; // XEP-0199
  if (stanza.child('query', ns.version) !== undefined) {
    // XEP-0092; the operating system is nobody's business.
    return element('query', { xmlns: ns.version }, element('name', {}, 'Palomar'));
  }
  const discoInfo = stanza.child('query', ns.discoInfo);
  if (discoInfo !== undefined) return capabilities.answer(discoInfo);
  const discoItems = stanza.child('query', ns.discoItems);
  return discoItems === undefined ? null : element('query', { xmlns: ns.discoItems });
}
