import { ns } from '../namespaces.ts';
import type { XmlElement } from '../stream/xml/element.ts';
import { StreamParser } from '../stream/xml/stream-parser.ts';

const head = Buffer.from(`<stream:stream xmlns="${ns.client}" xmlns:stream="${ns.streams}">`);
const tail = Buffer.from('</stream:stream>');

/** The elements in a piece of a stream. @throws XmlStreamError when it is not well-formed or over the limits */
export function readFragment(xml: string): readonly XmlElement[] {
  const elements: XmlElement[] = [];
  let isEnded = false;
  const parser = new StreamParser({
    onStreamStart: () => undefined,
    onElement: (element) => elements.push(element),
    onStreamEnd: () => (isEnded = true),
  });
  for (const part of [head, Buffer.from(xml)]) parser.write(part);
  if (isEnded) return [];
  // A tag that was left open swallows the end of the stream, and the parser says so.
  parser.write(tail);
  return elements;
}
