import { describe, expect, it } from 'vitest';
import { readHostMeta2 } from '../../../bridges/xmpp/extensions/0487-host-meta-2.ts';
import { findOtherWays, rememberWays, type HostMetaFetcher } from '../../../bridges/xmpp/stream/web/find-other-ways.ts';

const websocket = 'urn:xmpp:alt-connections:websocket';

const xml = (...links: readonly string[]): string =>
  `<?xml version='1.0' encoding='utf-8'?><XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'>${links.join('')}</XRD>`;
const link = (href: string, rel = websocket): string => `<Link rel='${rel}' href='${href}'/>`;
const json = (...hrefs: readonly string[]): string => JSON.stringify({ links: hrefs.map((href) => ({ rel: websocket, href })) });

const serving =
  (documents: Readonly<Record<string, string>>): HostMetaFetcher =>
  (url) => {
    const document = documents[url];
    return document === undefined ? Promise.reject(new Error('404')) : Promise.resolve(document);
  };

const asXml = 'https://a.example/.well-known/host-meta';
const asJson = `${asXml}.json`;

const find = async (documents: Readonly<Record<string, string>>): Promise<string[]> => {
  const found = await findOtherWays('a.example', serving(documents), new AbortController().signal);
  return found.webSockets.map(({ href }) => href);
};

describe('a host-meta', () => {
  it('names WebSockets as JSON and as XML, on any host', async () => {
    const other = 'https://b.example/http-bind';
    expect(await find({ [asJson]: json('wss://chat.b.example/ws') })).toEqual(['wss://chat.b.example/ws']);
    expect(await find({ [asXml]: xml(link(other, 'urn:xmpp:alt-connections:xbosh'), link('wss://a.example:5281/ws')) })).toEqual([
      'wss://a.example:5281/ws',
    ]);
    const both = { [asJson]: json('wss://a.example/ws'), [asXml]: xml(link('wss://a.example/ws'), link('wss://b.example/ws')) };
    expect(await find(both)).toEqual(['wss://a.example/ws', 'wss://b.example/ws']);
  });

  it('that leads out of encryption, or nowhere, is as good as none', async () => {
    const bad = ['ws://a.example/ws', 'http://a.example/', 'wss://user:pw@a.example/', 'wss://a.example/#x', 'nonsense', ''];
    expect(await find({ [asJson]: json(...bad), [asXml]: xml(...bad.map((href) => link(href))) })).toEqual([]);
  });

  it('that is broken does not hide the other one', async () => {
    const good = 'wss://a.example/ws';
    const brokenJson = ['', '{', '[]', 'null', '{"links":7}', '{"links":[null,7,{"rel":7},{"rel":"x","href":"wss://b.example/"}]}'];
    for (const broken of brokenJson) expect(await find({ [asJson]: broken, [asXml]: xml(link(good)) })).toEqual([good]);
    const entity = `<!DOCTYPE XRD [<!ENTITY e "wss://evil.example/">]>${xml(link('&e;'))}`;
    const strange = `<XRD xmlns='urn:other'>${link('wss://b.example/')}</XRD>`;
    for (const broken of ['', '<XRD', entity, strange]) {
      expect(await find({ [asJson]: json(good), [asXml]: broken })).toEqual([good]);
    }
  });

  it('with a thousand addresses costs no thousand attempts', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `wss://h${index}.example/`);
    expect(await find({ [asJson]: json(...many) })).toHaveLength(3);
  });

  it('that never comes is not waited for', async () => {
    const controller = new AbortController();
    const found = findOtherWays('a.example', () => new Promise(() => undefined), controller.signal);
    controller.abort();
    expect((await found).webSockets).toEqual([]);
  });
});

describe('a host-meta of the second kind', () => {
  const direct = { rel: 'urn:xmpp:alt-connections:tls', port: 443, sni: 'xmpp.example', ips: ['192.0.2.1', '2001:db8::1'] };
  const second = (...links: readonly object[]): string =>
    JSON.stringify({ xmpp: { ttl: 600, 'public-key-pins-sha-256': ['cGlu'] }, links });
  const read = (document: string) => readHostMeta2(document, () => 0);

  it('names direct TLS with addresses, server name and keys, in the order of its priorities', () => {
    const websocketLink = { rel: websocket, href: 'wss://b.example/ws', priority: 1, weight: 0 };
    const found = read(second({ ...direct, priority: 20, weight: 0 }, { ...direct, sni: 'first.example', priority: 5, weight: 0 }, websocketLink));
    expect(found?.endpoints.map(({ host }) => host)).toEqual(['first.example', 'xmpp.example']);
    expect(found?.endpoints[1]).toEqual({
      ...{ host: 'xmpp.example', port: 443, security: 'direct', addresses: ['192.0.2.1', '2001:db8::1'] },
      trust: { serverName: 'xmpp.example', pins: ['cGlu'] },
    });
    expect(found).toMatchObject({ webSockets: ['wss://b.example/ws'], ttlMs: 600_000 });
  });

  it('is none without its own part, and bad links are left out', () => {
    expect(read(JSON.stringify({ links: [direct] }))).toBeNull();
    const bad = [
      { ...direct, port: 0 },
      { ...direct, port: '443' },
      { ...direct, ips: ['not-an-address'] },
      { ...direct, ips: undefined },
      { ...direct, sni: 'a b' },
      { ...direct, sni: 7 },
      { ...direct, rel: 'urn:xmpp:alt-connections:quic' },
    ];
    expect(read(second(...bad))?.endpoints).toEqual([]);
    expect(read(second(...Array.from({ length: 500 }, () => direct)))?.endpoints.length).toBeLessThanOrEqual(20);
    const forever = JSON.stringify({ xmpp: { ttl: 4_000_000_000 }, links: [direct] });
    expect(read(forever)?.ttlMs).toBeLessThanOrEqual(24 * 3_600_000);
  });

  it('is kept as long as it says', async () => {
    let asked = 0;
    const ask = (ttlMs: number) =>
      rememberWays(() => {
        asked += 1;
        return Promise.resolve({ endpoints: [], webSockets: [], ttlMs });
      });
    const { signal } = new AbortController();
    const lasting = ask(60_000);
    await lasting(signal);
    await lasting(signal);
    expect(asked).toBe(1);
    const passing = ask(0);
    await passing(signal);
    await passing(signal);
    expect(asked).toBe(3);
  });
});
