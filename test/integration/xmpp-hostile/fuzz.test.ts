// needs: nothing
/** 100,000 hostile stanzas: through the reader of the stream, and through everything that makes events of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ns } from '../../../bridges/xmpp/namespaces.ts';
import { StreamParser, XmlStreamError } from '../../../bridges/xmpp/stream/xml/stream-parser.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import type { XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { freshState } from '../../../bridges/xmpp/state.ts';
import { elementsOf, endOfQuery, fakeEngine, martaLink } from '../../golden/xmpp/subject.ts';
import { createFakeHost } from '../../kit/fake-host.ts';
import { heapBytes } from '../../kit/heap-bytes.ts';
import { mutateBytes, mutateStructure, pick } from '../../kit/mutate-xml.ts';
import { seeded } from '../../contract/random-value.ts';

const byteCount = 40_000;
const structureCount = 60_000;
/** Repeat one with PALOMAR_FUZZ_SEED=…; a night's run takes another one each time. */
const firstSeed = Number(process.env['PALOMAR_FUZZ_SEED'] ?? 20_260);
const mostGrowthBytes = 8 * 1024 * 1024;

const goldenDir = join(import.meta.dirname, '../../golden/xmpp/receive');
const golden = readdirSync(goldenDir)
  .filter((name) => name.endsWith('.xml'))
  .flatMap((name) => elementsOf(readFileSync(join(goldenDir, name), 'utf8')));
/** What no golden file of messages holds: answers and pushes that other parts read. */
const others = elementsOf(
  `<iq type="set" from="marta@levante.example" id="p"><query xmlns="jabber:iq:roster"><item jid="a@b.example" subscription="both"><group>x</group></item></query></iq>` +
    `<iq type="get" from="paul@oriente.example/x" id="q"><query xmlns="http://jabber.org/protocol/disco#info" node="n"/></iq>` +
    `<message from="marta@levante.example"><event xmlns="http://jabber.org/protocol/pubsub#event"><items node="urn:xmpp:bookmarks:1"><item id="room@muc.levante.example"><conference xmlns="urn:xmpp:bookmarks:1" autojoin="true"><nick>marta</nick></conference></item><retract id="y"/></items></event></message>` +
    `<message from="paul@oriente.example"><event xmlns="http://jabber.org/protocol/pubsub#event"><items node="urn:xmpp:avatar:metadata"><item id="1"><metadata xmlns="urn:xmpp:avatar:metadata"><info bytes="1" id="x" type="image/png" width="1" height="1"/></metadata></item></items></event></message>` +
    `<message from="marta@levante.example"><event xmlns="http://jabber.org/protocol/pubsub#event"><items node="urn:xmpp:mds:displayed:0"><item id="paul@oriente.example"><displayed xmlns="urn:xmpp:mds:displayed:0"><stanza-id xmlns="urn:xmpp:sid:0" id="a" by="marta@levante.example"/></displayed></item></items></event></message>` +
    `<presence from="paul@oriente.example/x"><show>away</show><status>x</status><priority>5</priority><x xmlns="vcard-temp:x:update"><photo>abc</photo></x><idle xmlns="urn:xmpp:idle:1" since="2026-01-01T00:00:00Z"/></presence>` +
    `<presence from="room@muc.levante.example/b"><x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="owner" role="moderator" jid="b@c.example/r"/><status code="110"/><status code="303"/></x></presence>` +
    `<message from="room@muc.levante.example" type="groupchat"><subject>x</subject></message>` +
    `<message from="room@muc.levante.example"><x xmlns="http://jabber.org/protocol/muc#user"><invite from="p@q.example"><reason>x</reason></invite><password>p</password></x></message>` +
    `<message from="paul@oriente.example"><body>x</body><file-sharing xmlns="urn:xmpp:sfs:0" id="f"><file xmlns="urn:xmpp:file:metadata:0"><name>a.png</name><size>5</size><media-type>image/png</media-type><hash xmlns="urn:xmpp:hashes:2" algo="sha-256">eA==</hash></file><sources><url-data xmlns="http://jabber.org/protocol/url-data" target="https://x.example/a.png"/></sources></file-sharing></message>` +
    `<message from="oriente.example"><x xmlns="jabber:x:data" type="form"><title>t</title><field var="a" type="list-multi"><option label="x"><value>1</value></option><value>1</value></field><reported><field var="c"/></reported><item><field var="c"><value>2</value></field></item></x></message>`,
);
const stanzas = [...golden, ...others];
const allNamespaces = (element: XmlElement): string[] => [element.namespace ?? '', ...element.elements().flatMap(allNamespaces)];
const corpus = { stanzas, namespaces: [...new Set([...stanzas.flatMap(allNamespaces), ...Object.values(ns), ''])] };

const header = Buffer.from(`<?xml version='1.0'?><stream:stream xmlns='${ns.client}' xmlns:stream='${ns.streams}' id='1'>`);

/** Reads a stream in two pieces; anything else than our own refusal goes through. */
function read(bytes: Buffer, cut: number): readonly XmlElement[] {
  const elements: XmlElement[] = [];
  const parser = new StreamParser({ onStreamStart: () => undefined, onElement: (element) => elements.push(element), onStreamEnd: () => undefined });
  try {
    parser.write(header);
    parser.write(bytes.subarray(0, cut));
    parser.write(bytes.subarray(cut));
  } catch (error) {
    if (!(error instanceof XmlStreamError)) throw error;
  }
  return elements;
}

const failure = (seed: number, what: string, input: string, error: unknown): Error =>
  new Error(`${what} failed with PALOMAR_FUZZ_SEED=${seed}: ${error instanceof Error ? error.stack : String(error)}\n${input.slice(0, 2_000)}`);

describe('hostile stanzas', () => {
  it(`${byteCount} broken ones are read or refused by the stream, never anything else`, { timeout: 120_000 }, () => {
    const before = heapBytes();
    let readCount = 0;
    for (let seed = firstSeed; seed < firstSeed + byteCount; seed += 1) {
      const random = seeded(seed);
      const bytes = mutateBytes(corpus, random);
      try {
        const elements = read(bytes, Math.floor(random() * bytes.length));
        readCount += elements.length;
        // What was read can be written, and reads alike.
        for (const element of elements.slice(0, 1)) {
          const written = serialize(element);
          const again = read(Buffer.from(written), 0)[0];
          if (again === undefined || serialize(again) !== written) throw new Error('written and read again it is another');
        }
      } catch (error) {
        throw failure(seed, 'the parser', bytes.toString('latin1'), error);
      }
    }
    expect(readCount).toBeGreaterThan(byteCount / 20);
    expect(heapBytes() - before).toBeLessThan(mostGrowthBytes);
  });

  it(`${structureCount} strange ones become events or nothing, and memory stays flat`, { timeout: 120_000 }, () => {
    const warnings: string[] = [];
    const host = createFakeHost();
    const log = { ...host.log, warn: (message: string, data?: Readonly<Record<string, unknown>>) => void warnings.push(`${message} ${JSON.stringify(data)}`) };
    const link = martaLink(fakeEngine(() => Promise.resolve(endOfQuery())), { ...host, log, emit: () => Promise.resolve() });
    let state = freshState('here');
    let eventCount = 0;
    let before = 0;
    const run = (from: number, count: number): void => {
      for (let seed = from; seed < from + count; seed += 1) {
        const random = seeded(seed);
        const element = mutateStructure(corpus, random);
        const wire = serialize(element);
        try {
          const elements = read(Buffer.from(wire), 0);
          const { events, replies, change } = link.inbox.translate(elements);
          state = change(state);
          eventCount += events.length;
          for (const reply of replies) serialize(reply);
          const origin = pick(random, ['catchup', 'history'] as const);
          const archived = elements.filter(({ name }) => name === 'message').map((message) => ({ id: `a${seed}`, message, stampMs: random() < 0.5 ? null : seed }));
          eventCount += link.inbox.translateArchived(archived, origin, random() < 0.5 ? null : 'room@muc.levante.example').events.length;
          if (warnings.length > 0) throw new Error(warnings.join('\n'));
        } catch (error) {
          throw failure(seed, 'the inbox', wire, error);
        }
      }
    };
    // What the first stanzas teach (names, caches) is not counted.
    run(firstSeed, structureCount / 6);
    before = heapBytes();
    run(firstSeed + structureCount / 6, (structureCount / 6) * 5);
    expect(heapBytes() - before).toBeLessThan(mostGrowthBytes);
    expect(eventCount).toBeGreaterThan(structureCount / 5);
    expect(JSON.stringify(state).length).toBeLessThan(1_000_000);
    expect(Object.getOwnPropertyNames({})).toEqual([]);
    link.extensions.detach();
    host.dispose();
  });
});
