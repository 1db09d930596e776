import { describe, expect, it } from 'vitest';
import { webSocketsInXml } from '../../../bridges/xmpp/stream/web/host-meta.ts';

const link = "<Link rel='urn:xmpp:alt-connections:websocket' href='wss://a.example/ws'/>";
const hostMeta = (doctype: string): string => `${doctype}<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>${link}</XRD>`;

describe('a host-meta', () => {
  it('with a document type declaration is refused as a whole, entities or none', () => {
    expect(webSocketsInXml(hostMeta(''))).toEqual(['wss://a.example/ws']);
    for (const doctype of ['<!DOCTYPE XRD>', '<!DOCTYPE XRD [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>', '<!DOCTYPE XRD SYSTEM "http://evil.example/x.dtd">']) {
      expect(() => webSocketsInXml(hostMeta(doctype))).toThrow('document type');
    }
  });
});
