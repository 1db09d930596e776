/**
 * RFC 7395, XMPP over WebSocket: one element a frame, each of them a document of its own, and `<open/>` and `<close/>`
 * in place of the stream's own tags.
 */
import { ns } from '../../namespaces.ts';
import type { XmlElement } from '../xml/element.ts';
import { escapeAttribute } from '../xml/serialize.ts';
import { StreamParser, XmlStreamError, type XmlLimits } from '../xml/stream-parser.ts';

export const openFrame = (domain: string, from: string | null): string => {
  const fromAttribute = from === null ? '' : ` from="${escapeAttribute(from)}"`;
  return `<open xmlns="${ns.framing}" version="1.0" to="${escapeAttribute(domain)}"${fromAttribute}/>`;
};

export const closeFrame = `<close xmlns="${ns.framing}"/>`;

export const errorFrame = (condition: XmlStreamError['condition']): string =>
  `<stream:error xmlns:stream="${ns.streams}"><${condition} xmlns="${ns.streamErrors}"/></stream:error>`;

/** A stanza written for a stream, whose header names the namespace once, as a frame, which has no header. */
export const stanzaFrame = (xml: string): string =>
  xml.replace(/^<(message|presence|iq)(?=[\s/>])/, `<$1 xmlns="${ns.client}"`);

// A server that leaves out what the header of a stream would say is understood all the same.
const head = Buffer.from(`<stream:stream xmlns="${ns.client}" xmlns:stream="${ns.streams}">`);
const tail = Buffer.from('</stream:stream>');
const lessThan = '<'.charCodeAt(0);

/**
 * The one element in a frame, under the same limits as in a stream.
 * @throws XmlStreamError for anything but exactly one whole element
 */
export function readFrame(frame: Buffer, limits: XmlLimits): XmlElement {
  if (frame[0] !== lessThan) throw new XmlStreamError('bad-format', 'a frame that does not begin with an element');
  // A stream comes in chunks, and the parser looks at the length after each; a frame comes in one piece.
  const isLong = frame.length > limits.stanzaLength && frame.toString('utf8').length > limits.stanzaLength;
  if (isLong) throw new XmlStreamError('policy-violation', 'stanza too long');
  const elements: XmlElement[] = [];
  const parser = new StreamParser(
    {
      onStreamStart: () => undefined,
      onElement: (element) => elements.push(element),
      onStreamEnd: () => undefined,
    },
    limits,
  );
  for (const part of [head, frame, tail]) parser.write(part);
  const [only, ...others] = elements;
  if (only === undefined || others.length > 0) {
    throw new XmlStreamError('bad-format', 'a frame that does not hold one element');
  }
  return only;
}
