import { describe, expect, it } from 'vitest';
import { findWebSockets, type HostMetaFetcher } from '../../../bridges/xmpp/stream/web/find-web-sockets.ts';

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
  const found = await findWebSockets('a.example', serving(documents), new AbortController().signal);
  return found.map(({ href }) => href);
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
    const found = findWebSockets('a.example', () => new Promise(() => undefined), controller.signal);
    controller.abort();
    expect(await found).toEqual([]);
  });
});
