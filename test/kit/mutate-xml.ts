/** Hostile variants of XML, the same ones for the same seed. */
import { XmlElement, type XmlNode } from '../../bridges/xmpp/stream/xml/element.ts';
import { serialize } from '../../bridges/xmpp/stream/xml/serialize.ts';

type Random = () => number;

const addresses = [
  'paul@oriente.example', 'paul@oriente.example/phone', 'marta@levante.example', 'marta@levante.example/here', 'levante.example',
  'room@muc.levante.example', 'room@muc.levante.example/marta', 'room@muc.levante.example/x', '', '@', '/', 'a@b@c', ' ', '\u202e', 'x'.repeat(3_100), '__proto__', 'constructor',
] as const;
const texts = [
  '', ' ', '0', '-1', '1e309', 'NaN', 'true', '\u202eevil', '😀'.repeat(50), '\r\n', '&', '<body>', '__proto__', '%00', '../../x', '2026-13-99T99:99:99Z',
  '0000-01-01T00:00:00Z', '9999-12-31T23:59:60Z', 'x'.repeat(70_000), '\ufffd', '4294967296', 'javascript:alert(1)', 'cid:', 'aesgcm://x/#y',
] as const;
const moreNames = ['error', 'x', 'query', 'item', 'body', 'forwarded', 'message', 'received', 'result', 'event', 'items', 'field', 'value', 'stanza-id', 'replace', 'reactions', 'command', 'thing'] as const;

export const pick = <Item>(random: Random, items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;

const allElements = (root: XmlElement): XmlElement[] => [root, ...root.elements().flatMap(allElements)];
const cloneNode = (node: XmlNode): XmlNode => (typeof node === 'string' ? node : cloneElement(node));

export function cloneElement(element: XmlElement): XmlElement {
  const copy = new XmlElement(element.name, element.namespace, Object.assign(Object.create(null) as Record<string, string>, element.attributes));
  copy.children.push(...element.children.map(cloneNode));
  return copy;
}

interface Corpus {
  readonly stanzas: readonly XmlElement[];
  readonly namespaces: readonly string[];
}

/** One change of the structure of `root`, in place. */
function changeStructure(root: XmlElement, random: Random, { stanzas, namespaces }: Corpus): void {
  const all = allElements(root);
  const target = pick(random, all);
  const other = pick(random, allElements(pick(random, stanzas)));
  const attributes = Object.keys(target.attributes);
  const child = Math.floor(random() * (target.children.length + 1));
  switch (Math.floor(random() * 14)) {
    case 0: // an attribute less
      if (attributes.length > 0) delete target.attributes[pick(random, attributes)];
      break;
    case 1: // two attributes change places
      if (attributes.length > 1) {
        const [a, b] = [pick(random, attributes), pick(random, attributes)];
        [target.attributes[a], target.attributes[b]] = [target.attributes[b] ?? '', target.attributes[a] ?? ''];
      }
      break;
    case 2:
      if (attributes.length > 0) target.attributes[pick(random, attributes)] = pick(random, texts);
      break;
    case 3:
      root.attributes['from'] = pick(random, addresses);
      break;
    case 4:
      root.attributes[pick(random, ['type', 'id', 'to'])] = pick(random, [...addresses, 'error', 'groupchat', 'set', 'get', 'result', 'subscribe', 'unavailable']);
      break;
    case 5: // an element less
      target.children.splice(child, 1);
      break;
    case 6: // the same element twice
      if (target.children[child] !== undefined) target.children.splice(child, 0, cloneNode(target.children[child]));
      break;
    case 7: // an element of something else
      target.children.splice(child, 0, cloneElement(other));
      break;
    case 8: // children in another order
      target.children.reverse();
      break;
    case 9:
      target.children.splice(child, 1, pick(random, texts));
      break;
    case 10:
      target.namespace = pick(random, namespaces);
      break;
    case 11: // inside itself
      target.children.push(cloneElement(target));
      break;
    case 12: {
      let deep = cloneElement(other);
      const depth = Math.floor(random() * 130);
      for (let level = 0; level < depth; level += 1) {
        const outer = new XmlElement(pick(random, moreNames), pick(random, namespaces), {});
        outer.children.push(deep);
        deep = outer;
      }
      target.children.push(deep);
      break;
    }
    default: {
      const count = Math.floor(random() * 40);
      const name = pick(random, moreNames);
      for (let index = 0; index < count; index += 1) target.children.push(new XmlElement(name, target.namespace, { [`a${index}`]: 'x' }));
    }
  }
}

/** A stanza with one to four changes of its structure. */
export function mutateStructure(corpus: Corpus, random: Random): XmlElement {
  const root = cloneElement(pick(random, corpus.stanzas));
  const changes = 1 + Math.floor(random() * 4);
  for (let change = 0; change < changes; change += 1) changeStructure(root, random, corpus);
  return root;
}

const intruders = [
  '<!DOCTYPE x [<!ENTITY a "b">]>', '&a;', '&#0;', '&#x110000;', '&#xD800;', '&amp;amp;', '<?pi x?>', '<?xml version="1.0"?>', '<!-- x -->', '<![CDATA[', ']]>', '<![CDATA[</message>]]>',
  '</message>', '</stream:stream>', '<stream:stream>', '<message>', '<', '>', '"', "'", '&', '\u0000', '\u0008', '\ufffe', ' xmlns=""', ' xmlns:stream="x"', ' xmlns:xml="x"', '<x:y/>', ' a="1" a="2"',
  ' xml:lang="en"', 'x'.repeat(10_000), '<a>'.repeat(120), ' b="c"'.repeat(120),
] as const;
const brokenBytes = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x00], [0xef, 0xbb, 0xbf]] as const;

/** The wire of a stanza with one to four changes that know nothing of its structure. */
export function mutateBytes(corpus: Corpus, random: Random): Buffer {
  let bytes = Buffer.from(serialize(pick(random, corpus.stanzas)));
  const changes = 1 + Math.floor(random() * 4);
  for (let change = 0; change < changes; change += 1) {
    const at = Math.floor(random() * (bytes.length + 1));
    const end = Math.min(bytes.length, at + Math.floor(random() * 20));
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
    switch (Math.floor(random() * 6)) {
      case 0:
        bytes = Buffer.concat([head, Buffer.from(pick(random, intruders)), tail]);
        break;
      case 1:
        bytes = Buffer.concat([head, Buffer.from(pick(random, brokenBytes)), tail]);
        break;
      case 2:
        bytes = Buffer.concat([head, bytes.subarray(end)]);
        break;
      case 3:
        bytes = Buffer.concat([head, bytes.subarray(at, end), tail]);
        break;
      case 4:
        if (at < bytes.length) bytes[at] = Math.floor(random() * 256);
        break;
      default:
        bytes = Buffer.from(head);
    }
  }
  return bytes;
}
