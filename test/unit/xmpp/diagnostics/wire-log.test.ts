import { describe, expect, it, vi, afterEach, beforeEach } from 'vitest';
import type { ConsoleLine } from '#bridge';
import { WireLog } from '../../../../bridges/xmpp/diagnostics/wire-log.ts';
import { element } from '../../../../bridges/xmpp/stream/xml/element.ts';
import { elementsOf } from '../../../golden/xmpp/subject.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const secrets = ['hunter2', Buffer.from('\0me\0hunter2').toString('base64'), 'dG9rZW4tb2YtZmFzdA', 'slot-token', 'relay-pw', 'proof=='];

/** Everything a client or server says that holds a secret. */
const secretWords = [
  `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${secrets[1]}</auth>`,
  `<response xmlns="urn:ietf:params:xml:ns:xmpp-sasl">proof==</response>`,
  `<challenge xmlns="urn:ietf:params:xml:ns:xmpp-sasl">proof==</challenge>`,
  `<success xmlns="urn:ietf:params:xml:ns:xmpp-sasl">proof==</success>`,
  `<authenticate xmlns="urn:xmpp:sasl:2" mechanism="HT-SHA-256-EXPR"><initial-response>proof==</initial-response><user-agent id="x"><software>Palomar</software></user-agent></authenticate>`,
  `<success xmlns="urn:xmpp:sasl:2"><additional-data>proof==</additional-data><authorization-identifier>me@a.example</authorization-identifier><token xmlns="urn:xmpp:fast:0" token="dG9rZW4tb2YtZmFzdA" expiry="2030-01-01T00:00:00Z"/></success>`,
  `<iq type="set" id="r"><query xmlns="jabber:iq:register"><username>me</username><password>hunter2</password></query></iq>`,
  `<iq type="set" id="r2"><query xmlns="jabber:iq:register"><x xmlns="jabber:x:data" type="submit"><field var="username"><value>me</value></field><field var="password"><value>hunter2</value></field></x></query></iq>`,
  `<iq type="set" id="c"><command xmlns="http://jabber.org/protocol/commands" node="login"><x xmlns="jabber:x:data" type="submit"><field type="text-private" var="q1"><value>hunter2</value></field></x></command></iq>`,
  `<presence to="room@muc.a.example/me"><x xmlns="http://jabber.org/protocol/muc"><password>hunter2</password></x></presence>`,
  `<message from="a@b"><x xmlns="jabber:x:conference" jid="r@muc" password="hunter2"/></message>`,
  `<iq type="result" id="u"><slot xmlns="urn:xmpp:http:upload:0"><put url="https://up.a.example/f?v=slot-token"><header name="Authorization">Basic hunter2</header></put><get url="https://up.a.example/f"/></slot></iq>`,
  `<iq type="result" id="t"><services xmlns="urn:xmpp:extdisco:2"><service host="t" username="u" password="relay-pw"/></services></iq>`,
  `<iq type="set" id="b"><pubsub xmlns="http://jabber.org/protocol/pubsub"><publish node="urn:xmpp:bookmarks:1"><item id="r@muc"><conference xmlns="urn:xmpp:bookmarks:1"><password>hunter2</password></conference></item></publish></pubsub></iq>`,
];

function watched(say: (log: WireLog) => void): readonly ConsoleLine[] {
  const lines: ConsoleLine[] = [];
  const log = new WireLog(() => 7);
  const stop = log.watch((more) => lines.push(...more));
  say(log);
  vi.runAllTimers();
  stop();
  return lines;
}

describe('a console', () => {
  it.each(secretWords)('shows no secret of %s, whoever says it', (xml) => {
    const said = watched((log) => log.sent(xml));
    const heard = watched((log) => elementsOf(xml).forEach((one) => log.received(one)));
    for (const lines of [said, heard]) {
      expect(lines).toHaveLength(1);
      for (const secret of secrets) expect(lines[0]?.text).not.toContain(secret);
      expect(lines[0]?.text).toContain('(hidden)');
    }
  });

  it('shows everything else as it is', () => {
    const stanza = `<message to="a@b" id="1"><body>key &amp; token</body><x xmlns="urn:x" a="1"/></message>`;
    const [line] = watched((log) => log.sent(stanza));
    expect(line).toEqual({ atMs: 7, direction: 'out', kind: 'message', text: stanza });
    const features = `<stream:features xmlns:stream="http://etherx.jabber.org/streams"><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>SCRAM-SHA-256</mechanism></mechanisms></stream:features>`;
    expect(watched((log) => elementsOf(features).forEach((one) => log.received(one)))[0]?.text).toContain('SCRAM-SHA-256');
  });

  it('tells kinds apart, and shows what opens a stream', () => {
    const header = `<?xml version="1.0"?><stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" version="1.0" to="a.example">`;
    const kinds = watched((log) => {
      log.sent(header);
      for (const xml of ['<presence/>', '<iq type="get" id="1"/>', '<message/>', '<r xmlns="urn:xmpp:sm:3"/>', '<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>']) log.sent(xml);
    });
    expect(kinds.map(({ kind }) => kind)).toEqual(['stream', 'presence', 'iq', 'message', 'sm', 'stream']);
    expect(kinds[0]?.text).toBe(header);
  });

  it('shows nothing of what it cannot read', () => {
    expect(watched((log) => log.sent('<auth mechanism="PLAIN">hunter2'))).toEqual([]);
    expect(watched((log) => log.sent('<stream:stream to="x"><auth>hunter2</auth>'))).toEqual([]);
  });

  it('cuts long lines', () => {
    const [line] = watched((log) => log.received(element('message', { xmlns: 'jabber:client' }, 'x'.repeat(200_000))));
    expect(line?.text.length).toBeLessThanOrEqual(64 * 1024);
  });

  it('keeps a bounded number of lines for the next call', () => {
    const lines = watched((log) => {
      for (let count = 0; count < 5_000; count += 1) log.sent(`<presence id="${count}"/>`);
    });
    expect(lines).toHaveLength(2_000);
    expect(lines.at(-1)?.text).toContain('4999');
  });

  it('reads and keeps nothing while nobody watches', () => {
    const log = new WireLog();
    let readings = 0;
    const stanza = element('message', { xmlns: 'jabber:client' });
    const watchedStanza = new Proxy(stanza, {
      get(target, name) {
        readings += 1;
        return Reflect.get(target, name) as unknown;
      },
    });
    log.received(watchedStanza);
    expect(readings).toBe(0);
    const lines: ConsoleLine[] = [];
    const stop = log.watch((more) => lines.push(...more));
    stop();
    log.received(watchedStanza);
    vi.runAllTimers();
    expect(readings).toBe(0);
    expect(lines).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
