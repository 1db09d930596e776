import { randomUUID } from 'node:crypto';
import { BridgeError } from '#bridge';
import { bareJid } from '../jid.ts';
import { ns } from '../namespaces.ts';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { XmlStreamError } from '../stream/xml/stream-parser.ts';
import { readFragment } from './read-fragment.ts';

const mostStanzas = 20;
const longestText = 64 * 1024;

/**
 * What a person typed, as stanzas that the server will not end the stream for.
 * @throws BridgeError `rejected` with what is wrong in `detail`
 */
export function readRaw(text: string, ownBareJid: string): readonly XmlElement[] {
  if (text.length > longestText) throw wrong(`longer than ${longestText} characters`);
  const stanzas = parse(text.trim());
  if (stanzas.length === 0) throw wrong('there is no element in it');
  if (stanzas.length > mostStanzas) throw wrong(`more than ${mostStanzas} stanzas at once`);
  return stanzas.map((stanza) => checked(stanza, ownBareJid));
}

function parse(text: string): readonly XmlElement[] {
  try {
    return readFragment(text);
  } catch (error) {
    if (error instanceof XmlStreamError) throw wrong(error.message);
    throw error;
  }
}

function checked(stanza: XmlElement, ownBareJid: string): XmlElement {
  const { name, namespace } = stanza;
  const isStanza = namespace === ns.client && (name === 'message' || name === 'presence' || name === 'iq');
  // Anything else would count or negotiate, and so upset the session that is running.
  if (!isStanza) throw wrong(`<${name}> is no message, presence or iq`);
  const from = stanza.attribute('from');
  if (from !== undefined && bareJid(from) !== ownBareJid) throw wrong('"from" is another address than this account');
  if (name !== 'iq') return stanza;
  return checkedRequest(stanza);
}

/** RFC 6120 section 8.2.3; an id that was left out is given. */
function checkedRequest(iq: XmlElement): XmlElement {
  const type = iq.attribute('type') ?? '';
  if (!['get', 'set', 'result', 'error'].includes(type)) throw wrong('an iq needs a type: get, set, result or error');
  if ((type === 'get' || type === 'set') && iq.elements().length !== 1) throw wrong(`an iq of type ${type} holds exactly one element`);
  if (iq.attribute('id') !== undefined) return iq;
  return element('iq', { ...iq.attributes, xmlns: ns.client, id: randomUUID() }, ...iq.children);
}

const wrong = (detail: string): BridgeError => new BridgeError('rejected', { detail: detail.slice(0, 500) });
