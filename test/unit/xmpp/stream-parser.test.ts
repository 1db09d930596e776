import { describe, expect, it } from 'vitest';
import { StreamParser, XmlStreamError } from '../../../bridges/xmpp/stream/xml/stream-parser.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import { element, type XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { heapBytes } from '../../kit/heap-bytes.ts';

const header =
  `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1'>`;

function parse(...chunks: readonly (string | Uint8Array)[]): { elements: XmlElement[]; hasEnded: boolean } {
  const elements: XmlElement[] = [];
  let hasEnded = false;
  const parser = new StreamParser({
    onStreamStart: () => undefined,
    onElement: (received) => elements.push(received),
    onStreamEnd: () => (hasEnded = true),
  });
  for (const chunk of chunks) parser.write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return { elements, hasEnded };
}

function faultOf(...chunks: readonly (string | Uint8Array)[]): string {
  try {
    parse(...chunks);
  } catch (error) {
    if (error instanceof XmlStreamError) return error.condition;
    throw error;
  }
  return 'none';
}

describe('a stream', () => {
  it('is read alike however it is cut', () => {
    const stanza =
      `<message from='a@b' type="chat"><body>漢字 👩‍👩‍👧 &lt;&amp;&gt; &#x1F600;\r\n&#13;</body>` +
      `<c:x xmlns:c='urn:c' c:y='1' z='&quot;'/><![CDATA[ignored <a/>]]></message>`;
    const bytes = Buffer.from(`${header}${stanza}<presence/></stream:stream>`);
    const whole = parse(bytes);
    expect(whole.elements).toHaveLength(2);
    expect(whole.hasEnded).toBe(true);
    const expected = whole.elements.map((read) => serialize(read));
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const { elements, hasEnded } = parse(bytes.subarray(0, cut), bytes.subarray(cut));
      expect(elements.map((read) => serialize(read))).toEqual(expected);
      expect(hasEnded).toBe(true);
    }
    const bytewise = parse(...Array.from(bytes, (byte) => Uint8Array.of(byte)));
    expect(bytewise.elements.map((read) => serialize(read))).toEqual(expected);
  });

  it('resolves namespaces, with and without prefixes', () => {
    const [message] = parse(`${header}<message><c:x xmlns:c='urn:c'><c:y/><z/></c:x></message>`).elements;
    const x = message?.child('x', 'urn:c');
    expect(x?.child('y')).toBeDefined();
    expect(x?.child('z', 'jabber:client')).toBeDefined();
    expect(message?.child('x')).toBeUndefined();
  });

  it('takes CDATA as text and nothing else', () => {
    const [message] = parse(`${header}<message><body><![CDATA[</body></message><message from='evil'/>]]></body></message>`).elements;
    expect(message?.childText('body')).toBe(`</body></message><message from='evil'/>`);
  });

  it('gives attribute names no special meaning', () => {
    const [message] = parse(`${header}<message __proto__='x' constructor='y' toString='z'/>`).elements;
    expect(message?.attribute('constructor')).toBe('y');
    expect(message?.attribute('hasOwnProperty')).toBeUndefined();
    expect(Object.prototype.toString.call({})).toBe('[object Object]');
    expect(serialize(message as XmlElement)).toContain('toString="z"');
  });

  it('allows whitespace between stanzas, for days', () => {
    const { elements } = parse(header, ...Array.from({ length: 2_000 }, () => ' '.repeat(1)), '<presence/>');
    expect(elements).toHaveLength(1);
  });
});

describe('a stream is closed for', () => {
  const cases: [string, string | Uint8Array, string][] = [
    ['a comment', '<message><!-- hidden --></message>', 'restricted-xml'],
    ['a processing instruction', '<?php evil ?>', 'restricted-xml'],
    ['an unknown entity', '<message>&xxe;</message>', 'not-well-formed'],
    ['tags that do not match', '<message><a></b></message>', 'not-well-formed'],
    ['an unbound prefix', '<message><x:y/></message>', 'not-well-formed'],
    ['two attributes of one name', `<message a='1' a='2'/>`, 'not-well-formed'],
    ['a NUL', '<message>\u0000</message>', 'not-well-formed'],
    ['a reference to NUL', '<message>&#0;</message>', 'not-well-formed'],
    ['a control character', '<message>\u0008</message>', 'not-well-formed'],
    ['text between stanzas', 'hello', 'bad-format'],
    ['a stream inside a stanza', `<message><stream:stream/></message>`, 'bad-format'],
    ['a second stream header', `<stream:stream>`, 'bad-format'],
    ['bytes that are not UTF-8', Uint8Array.of(0x3c, 0x61, 0x3e, 0xff), 'unsupported-encoding'],
    ['an overlong slash', Uint8Array.of(0x3c, 0x61, 0x3e, 0xc0, 0xaf), 'unsupported-encoding'],
    ['a surrogate in UTF-8', Uint8Array.of(0x3c, 0x61, 0x3e, 0xed, 0xa0, 0x80), 'unsupported-encoding'],
  ];
  for (const [what, stanza, condition] of cases) {
    it(what, () => {
      const bytes = typeof stanza === 'string' ? `${stanza}<presence/>` : stanza;
      expect(faultOf(header, bytes)).toBe(condition);
    });
  }

  it('a document type, and so for entity bombs', () => {
    const bomb = `<?xml version='1.0'?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>`;
    expect(faultOf(`${bomb}<stream:stream xmlns:stream='http://etherx.jabber.org/streams'>&b;`)).toBe('restricted-xml');
  });

  it('another protocol', () => {
    expect(faultOf('HTTP/1.1 400 Bad Request\r\n\r\n')).toBe('not-well-formed');
    expect(faultOf('<html>')).toBe('bad-format');
  });

  it('depth', () => {
    const startedAtMs = performance.now();
    expect(faultOf(header, '<a>'.repeat(100_000))).toBe('policy-violation');
    expect(performance.now() - startedAtMs).toBeLessThan(100);
  });

  it('too many attributes', () => {
    const attributes = Array.from({ length: 100_000 }, (_, index) => ` a${index}='1'`).join('');
    expect(faultOf(header, `<message${attributes}/>`)).toBe('policy-violation');
  });

  it('too many elements', () => {
    expect(faultOf(header, `<message>${'<a/>'.repeat(100_000)}</message>`)).toBe('policy-violation');
  });

  const endless: [string, string][] = [
    ['a body', '<message><body>'],
    ['an attribute', `<message from='`],
    ['a tag name', '<'],
    ['a CDATA section', '<message><![CDATA['],
    ['whitespace between stanzas', ' '],
  ];
  for (const [what, start] of endless) {
    it(`${what} without end, before much of it is kept`, () => {
      const chunk = Buffer.alloc(64 * 1024, start === ' ' ? ' ' : 'x');
      const parser = new StreamParser({ onStreamStart: () => undefined, onElement: () => undefined, onStreamEnd: () => undefined });
      parser.write(Buffer.from(header + start));
      let fedBytes = 0;
      expect(() => {
        while (fedBytes < 1024 ** 3) {
          parser.write(chunk);
          fedBytes += chunk.length;
        }
      }).toThrow(XmlStreamError);
      expect(fedBytes).toBeLessThan(2 * 1024 * 1024);
    });
  }
});

describe('what is kept of a stanza', () => {
  it('does not keep all that came along with it', () => {
    const kept: string[] = [];
    const parser = new StreamParser({
      onStreamStart: () => undefined,
      onElement: (read) => kept.push(read.attribute('id') ?? '', read.childText('body') ?? ''),
      onStreamEnd: () => undefined,
    });
    parser.write(Buffer.from(header));
    const before = heapBytes();
    const ballast = 'x'.repeat(32_000);
    for (let index = 0; index < 300; index += 1) {
      const name = `an-id-that-is-remembered-${index}`;
      parser.write(Buffer.from(`<message id='${name}'><body>${name}</body><rest>${ballast}</rest></message>`));
    }
    // 10 MB came.
    expect(heapBytes() - before).toBeLessThan(2 * 1024 * 1024);
    expect(new Set(kept).size).toBe(300);
  });
});

describe('after close', () => {
  it('hands out nothing, not even from the chunk being read', () => {
    const elements: XmlElement[] = [];
    const parser: StreamParser = new StreamParser({
      onStreamStart: () => undefined,
      onElement(received) {
        elements.push(received);
        parser.close();
      },
      onStreamEnd: () => undefined,
    });
    parser.write(Buffer.from(`${header}<a/><b/>`));
    parser.write(Buffer.from('<c/>'));
    expect(elements.map(({ name }) => name)).toEqual(['a']);
  });
});

describe('what is sent', () => {
  it('can always be read again', () => {
    const hard = `<>&"'\r\n\t]]>${String.fromCodePoint(0x10ffff)}é漢`;
    const sent = element('message', { xmlns: 'jabber:client', id: hard }, element('body', {}, hard));
    const [read] = parse(header, serialize(sent)).elements;
    expect(read?.attribute('id')).toBe(hard);
    expect(read?.childText('body')).toBe(hard);
  });

  it('has no character that XML forbids', () => {
    const every = Array.from({ length: 0x21 }, (_, code) => String.fromCharCode(code)).join('');
    const text = `${every}\ud800x\udc00\ufffe\uffff`;
    const [read] = parse(header, serialize(element('message', { a: text, xmlns: 'jabber:client' }, text))).elements;
    expect(read?.text()).toBe(read?.attribute('a'));
    expect(read?.text().replaceAll('\ufffd', '')).toBe('\t\n\r x');
  });
});
