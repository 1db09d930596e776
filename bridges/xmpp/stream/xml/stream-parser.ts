import { SaxesParser } from 'saxes';
import type { SaxesAttributeNS, SaxesTagNS } from 'saxes';
import { XmlElement } from './element.ts';
import { ns } from '../../namespaces.ts';

/** What one stanza may cost us; a stream that goes over is closed while it is still being read. */
export interface XmlLimits {
  /** UTF-16 units between the ends of two stanzas. */
  readonly stanzaLength: number;
  readonly depth: number;
  readonly attributesPerElement: number;
  readonly nodesPerStanza: number;
}

export const defaultXmlLimits: XmlLimits = {
  stanzaLength: 1024 * 1024,
  depth: 100,
  attributesPerElement: 100,
  nodesPerStanza: 20_000,
};

/** The peer broke XML, RFC 6120 section 11, or our limits. Nothing that follows on this stream can be trusted. */
export class XmlStreamError extends Error {
  /** The stream error condition of RFC 6120 section 4.9.3 to answer with. */
  readonly condition: 'not-well-formed' | 'restricted-xml' | 'policy-violation' | 'bad-format' | 'unsupported-encoding';

  constructor(condition: XmlStreamError['condition'], message: string) {
    super(message);
    this.name = 'XmlStreamError';
    this.condition = condition;
  }
}

export interface XmlStreamHandlers {
  onStreamStart(attributes: Readonly<Record<string, string>>): void;
  onElement(element: XmlElement): void;
  onStreamEnd(): void;
}

const parserOptions = { xmlns: true, position: false } as const;

/**
 * Reads one XMPP stream chunk by chunk and hands out its top-level elements.
 * DOCTYPE, processing instructions and comments are refused (RFC 6120 section 11.1), as is anything that is not UTF-8.
 * @throws XmlStreamError from `write`; the parser is unusable afterwards.
 */
export class StreamParser {
  readonly #handlers: XmlStreamHandlers;
  readonly #limits: XmlLimits;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #sax = new SaxesParser(parserOptions);
  /** Open elements below the stream root. */
  readonly #open: XmlElement[] = [];
  #isStarted = false;
  #isClosed = false;
  /** Length of everything written so far, and where the last top-level element ended. */
  #written = 0;
  #stanzaStart = 0;
  #nodeCount = 0;
  #attributeCount = 0;

  constructor(handlers: XmlStreamHandlers, limits: XmlLimits = defaultXmlLimits) {
    this.#handlers = handlers;
    this.#limits = limits;
    this.#listen();
  }

  write(chunk: Uint8Array): void {
    if (this.#isClosed) return;
    const text = this.#decode(chunk);
    try {
      this.#sax.write(text);
    } catch (error) {
      if (error instanceof XmlStreamError) throw error;
      throw new XmlStreamError('not-well-formed', error instanceof Error ? error.message : String(error));
    }
    this.#written += text.length;
    if (this.#written - this.#stanzaStart > this.#limits.stanzaLength) this.#refuse('stanza too long');
  }

  /** Stops handing out elements, also those already in the chunk being parsed. */
  close(): void {
    this.#isClosed = true;
  }

  #decode(chunk: Uint8Array): string {
    try {
      return this.#decoder.decode(chunk, { stream: true });
    } catch {
      throw new XmlStreamError('unsupported-encoding', 'the stream is not valid UTF-8');
    }
  }

  #listen(): void {
    const restricted = (what: string) => (): void => {
      throw new XmlStreamError('restricted-xml', `${what} in the stream`);
    };
    this.#sax.on('doctype', restricted('document type declaration'));
    this.#sax.on('processinginstruction', restricted('processing instruction'));
    this.#sax.on('comment', restricted('comment'));
    this.#sax.on('error', (error) => {
      throw new XmlStreamError('not-well-formed', error.message);
    });
    this.#sax.on('opentagstart', () => {
      this.#attributeCount = 0;
    });
    this.#sax.on('attribute', () => {
      this.#attributeCount += 1;
      if (this.#attributeCount > this.#limits.attributesPerElement) this.#refuse('too many attributes');
    });
    this.#sax.on('opentag', (tag) => this.#onOpen(tag));
    this.#sax.on('closetag', () => this.#onClose());
    this.#sax.on('text', (text) => this.#onText(text));
    this.#sax.on('cdata', (text) => this.#onText(text));
  }

  #onOpen(tag: SaxesTagNS): void {
    if (this.#isClosed) return;
    const attributes = plainAttributes(tag.attributes);
    if (!this.#isStarted) {
      if (tag.local !== 'stream' || tag.uri !== ns.streams) {
        throw new XmlStreamError('bad-format', 'the peer does not speak XMPP');
      }
      this.#isStarted = true;
      this.#stanzaStart = this.#sax.position;
      this.#handlers.onStreamStart(attributes);
      return;
    }
    this.#nodeCount += 1;
    if (this.#nodeCount > this.#limits.nodesPerStanza) this.#refuse('too many elements in a stanza');
    if (this.#open.length >= this.#limits.depth) this.#refuse('elements nested too deep');
    if (tag.uri === ns.streams && (this.#open.length > 0 || tag.local === 'stream')) {
      throw new XmlStreamError('bad-format', 'a stream inside the stream');
    }
    const child = new XmlElement(tag.local, tag.uri, attributes);
    this.#open.at(-1)?.children.push(child);
    this.#open.push(child);
  }

  #onClose(): void {
    if (this.#isClosed) return;
    const closed = this.#open.pop();
    if (closed === undefined) {
      this.#handlers.onStreamEnd();
      return;
    }
    if (this.#open.length > 0) return;
    this.#nodeCount = 0;
    this.#stanzaStart = this.#sax.position;
    this.#handlers.onElement(closed);
  }

  #onText(text: string): void {
    if (this.#isClosed) return;
    const parent = this.#open.at(-1);
    if (parent !== undefined) {
      parent.children.push(ownCopy(text));
      return;
    }
    if (/\S/.test(text)) throw new XmlStreamError('bad-format', 'text between stanzas');
    this.#stanzaStart = this.#sax.position;
  }

  #refuse(message: string): never {
    throw new XmlStreamError('policy-violation', message);
  }
}

/** Attributes by name without namespace declarations; no prototype, so that no name can be special. */
function plainAttributes(attributes: Readonly<Record<string, SaxesAttributeNS>>): Record<string, string> {
  let plain: Record<string, string> | null = null;
  for (const name in attributes) {
    const attribute = attributes[name];
    if (attribute === undefined || name === 'xmlns' || attribute.prefix === 'xmlns') continue;
    plain ??= Object.create(null) as Record<string, string>;
    plain[name] = ownCopy(attribute.value);
  }
  return plain ?? noAttributes;
}

const noAttributes: Record<string, string> = Object.freeze(Object.create(null) as Record<string, string>);
/** V8 copies what is shorter by itself; what is longer is a good part of what it came in. */
const [shortestView, longestCopy] = [13, 4_096];

/**
 * V8 cuts a string without copying it, so whoever remembers an id would keep all the bytes that arrived along with it:
 * 20,000 ids, each from a chunk of its own, are 600 MB.
 */
function ownCopy(text: string): string {
  return text.length < shortestView || text.length > longestCopy ? text : ` ${text}`.slice(1);
}
