import { describe, expect, it } from 'vitest';
import { BridgeError } from '#bridge';
import { readRaw } from '../../../../bridges/xmpp/diagnostics/read-raw.ts';
import { serialize } from '../../../../bridges/xmpp/stream/xml/serialize.ts';

const read = (text: string): readonly string[] => readRaw(text, 'me@a.example').map((stanza) => serialize(stanza));
const refusal = (text: string): string => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof BridgeError && error.fault.code === 'rejected') return error.fault.detail ?? '';
    throw error;
  }
  return 'taken';
};

describe('a stanza written by hand', () => {
  it('is sent as it is', () => {
    const message = '<message to="a@b" type="chat"><body>hi &amp; bye</body></message>';
    expect(read(`  ${message}\n`)).toEqual([message]);
    expect(read('<presence/><iq type="get" id="1"><ping xmlns="urn:xmpp:ping"/></iq>')).toHaveLength(2);
  });

  it('gets an id where a request has none', () => {
    expect(read('<iq type="get"><ping xmlns="urn:xmpp:ping"/></iq>')[0]).toMatch(/ id="[0-9a-f-]{36}"/);
  });

  const wrong: [string, RegExp][] = [
    ['', /no element/],
    ['hello', /text between/],
    ['<message>', /unexpected|unclosed|mismatch|end/i],
    ['<message></presence>', /unexpected|match/i],
    ['<message a="1" a="2"/>', /duplicate/i],
    ['</stream:stream>', /no element/],
    ['</stream:stream><message/>', /one root/],
    ['<!DOCTYPE x><message/>', /document type|doctype/i],
    ['<!-- x --><message/>', /comment/],
    ['<r xmlns="urn:xmpp:sm:3"/>', /no message, presence or iq/],
    ['<a xmlns="urn:xmpp:sm:3" h="99"/>', /no message, presence or iq/],
    ['<message xmlns="jabber:server"/>', /no message, presence or iq/],
    ['<message from="other@b"/>', /another address/],
    ['<iq type="set" id="1"/>', /exactly one/],
    ['<iq id="1"><x xmlns="y"/></iq>', /type/],
    ['<message/>'.repeat(21), /20 stanzas/],
    [`<message>${'x'.repeat(70_000)}</message>`, /characters/],
  ];
  it.each(wrong)('%j is refused with the reason', (text, reason) => {
    expect(refusal(text)).toMatch(reason);
  });
});
