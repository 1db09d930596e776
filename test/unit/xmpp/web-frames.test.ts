import { describe, expect, it } from 'vitest';
import { openFrame, readFrame, stanzaFrame } from '../../../bridges/xmpp/stream/web/frames.ts';
import { defaultXmlLimits, XmlStreamError, type XmlLimits } from '../../../bridges/xmpp/stream/xml/stream-parser.ts';

const read = (frame: string, limits: XmlLimits = defaultXmlLimits) => readFrame(Buffer.from(frame), limits);

const conditionOf = (frame: string, limits?: XmlLimits): string => {
  try {
    read(frame, limits);
    return 'accepted';
  } catch (error) {
    if (error instanceof XmlStreamError) return error.condition;
    throw error;
  }
};

describe('a frame', () => {
  it('is one element, with its own namespaces', () => {
    const features = read(`<stream:features xmlns:stream='http://etherx.jabber.org/streams'><a xmlns='urn:a'/></stream:features>`);
    expect(features.is('features', 'http://etherx.jabber.org/streams')).toBe(true);
    const message = read(`<message xmlns='jabber:client' from='a@b'><body>hi</body></message>`);
    expect(message.childText('body')).toBe('hi');
    expect(message.is('message', 'jabber:client')).toBe(true);
  });

  it('from a server that leaves the namespace out is read as in a stream', () => {
    expect(read('<message><body>hi</body></message>').is('message', 'jabber:client')).toBe(true);
  });

  it('holds neither more nor less than one element', () => {
    const broken = ['', ' ', '<message>', '<message/><message/>', '<message/>text', ' <message/>', 'text', '</stream:stream>'];
    broken.push('<message/></stream:stream>', '<message/></stream:stream><stream:stream>', '<message', '<stream:stream>');
    for (const frame of broken) expect.soft(conditionOf(frame), frame).not.toBe('accepted');
  });

  it('keeps to the limits of a stanza', () => {
    const long = `<message>${'x'.repeat(2_000)}</message>`;
    expect(conditionOf(long, { ...defaultXmlLimits, stanzaLength: 1_000 })).toBe('policy-violation');
    expect(conditionOf(long, { ...defaultXmlLimits, stanzaLength: 3_000 })).toBe('accepted');
    expect(conditionOf('<a>'.repeat(200) + '</a>'.repeat(200))).toBe('policy-violation');
    expect(conditionOf('<a/>'.padStart(10, '<'))).toBe('not-well-formed');
    expect(conditionOf('<message><!-- --></message>')).toBe('restricted-xml');
    expect(conditionOf('<!DOCTYPE a><message/>')).not.toBe('accepted');
  });
});

describe('what we write', () => {
  it('gets the namespace that the header of a stream would give it', () => {
    expect(stanzaFrame('<message to="a@b"><body>&lt;message></body></message>')).toBe(
      '<message xmlns="jabber:client" to="a@b"><body>&lt;message></body></message>',
    );
    expect(stanzaFrame('<presence/>')).toBe('<presence xmlns="jabber:client"/>');
    expect(stanzaFrame('<iq>x</iq>')).toBe('<iq xmlns="jabber:client">x</iq>');
    for (const other of ['<r xmlns="urn:xmpp:sm:3"/>', '<iqs/>', '<messages/>']) expect(stanzaFrame(other)).toBe(other);
  });

  it('cannot leave its attribute', () => {
    expect(openFrame(`a"b<`, `x'&@y`)).toBe(
      `<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" version="1.0" to="a&quot;b&lt;" from="x&apos;&amp;@y"/>`,
    );
  });
});
