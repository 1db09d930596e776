import { describe, expect, it } from 'vitest';
import { askServer, type ServerAnswers } from '../../../../bridges/xmpp/diagnostics/ask-server.ts';
import { makeReport, type ReportSource } from '../../../../bridges/xmpp/diagnostics/connection-report.ts';
import { StanzaError } from '../../../../bridges/xmpp/stream/stanza-error.ts';
import type { XmlElement } from '../../../../bridges/xmpp/stream/xml/element.ts';
import { serialize } from '../../../../bridges/xmpp/stream/xml/serialize.ts';
import { elementsOf } from '../../../golden/xmpp/subject.ts';

const nowMs = Date.UTC(2026, 5, 1);
const dayMs = 86_400_000;

const answer = (payload: string): XmlElement => elementsOf(`<iq type="result">${payload}</iq>`)[0] as XmlElement;
const serverInfo =
  `<query xmlns="http://jabber.org/protocol/disco#info"><identity category="server" type="im"/>` +
  `<feature var="urn:xmpp:carbons:2"/><feature var="urn:xmpp:blocking"/>` +
  `<x xmlns="jabber:x:data" type="result"><field var="FORM_TYPE" type="hidden"><value>http://jabber.org/network/serverinfo</value></field>` +
  `<field var="abuse-addresses" type="list-multi"><value>mailto:abuse@a.example</value><value>javascript:alert(1)</value><value>mailto:abuse@a.example</value></field>` +
  `<field var="support-addresses"><value>xmpp:help@a.example</value><value>https://a.example/help</value></field>` +
  `<field var="admin-addresses"><value>file:///etc/passwd</value></field></x></query>`;

/** A server that answers by the name of what is asked for. */
const askStub = (clockAheadMs = 90_000): Promise<ServerAnswers> =>
  askServer(
    ({ payload, to }) => {
      const xml = serialize(payload);
      if (xml.includes('jabber:iq:version')) return Promise.resolve(answer('<query xmlns="jabber:iq:version"><name>Prosody</name><version>13.0.1</version></query>'));
      if (xml.includes('urn:xmpp:time')) {
        return Promise.resolve(answer(`<time xmlns="urn:xmpp:time"><tzo>Z</tzo><utc>${new Date(Date.now() + clockAheadMs).toISOString()}</utc></time>`));
      }
      if (xml.includes('disco#items')) return Promise.resolve(answer('<query xmlns="http://jabber.org/protocol/disco#items"><item jid="muc.a.example"/></query>'));
      if (to === 'a.example' && xml.includes('disco#info')) return Promise.resolve(answer(serverInfo));
      if (to === 'muc.a.example') return Promise.resolve(answer('<query xmlns="http://jabber.org/protocol/disco#info"><identity category="conference" type="text"/></query>'));
      if (to === 'me@a.example') return Promise.resolve(answer('<query xmlns="http://jabber.org/protocol/disco#info"><feature var="urn:xmpp:mam:2"/></query>'));
      return Promise.reject(new StanzaError('service-unavailable', undefined, to));
    },
    'a.example',
    'me@a.example',
  );

const facts: NonNullable<ReportSource['facts']> = {
  transport: 'tcp',
  endpoint: 'xmpp.a.example:5222',
  remoteAddress: '192.0.2.1',
  isProxied: false,
  onlineSinceMs: nowMs - 1_000,
  tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', certificateExpiresAtMs: nowMs + 5 * dayMs, certificateIssuer: 'Some CA' },
  signIn: { profile: 'sasl2', mechanism: 'SCRAM-SHA-256-PLUS', binding: 'tls-exporter', isByToken: false },
  streamManagement: { isOn: true, canResume: true, isResumed: false, resumeCount: 2, unackedCount: 3 },
  features: ['sasl2 urn:xmpp:sasl:2'],
  limits: { maxBytes: 262_144, idleSeconds: null },
  isActive: true,
};

const reportOf = async (more: Partial<ReportSource> = {}): Promise<Map<string, { value: string; tone: string; why?: string | undefined }>> => {
  const source = { facts, answers: await askStub(), domain: 'a.example', jid: 'me@a.example/palomar.x', nowMs, ...more };
  return new Map(makeReport(source).flatMap((section) => section.facts.map((fact) => [fact.id, fact])));
};

describe('a connection report', () => {
  it('names encryption, sign-in and session', async () => {
    const report = await reportOf();
    expect(report.get('tlsVersion')).toMatchObject({ value: 'TLSv1.3', tone: 'good' });
    expect(report.get('mechanism')).toMatchObject({ value: 'SCRAM-SHA-256-PLUS', tone: 'good' });
    expect(report.get('channelBinding')).toMatchObject({ value: 'tls-exporter', tone: 'good' });
    expect(report.get('resource')?.value).toBe('palomar.x');
    expect(report.get('unacked')?.value).toBe('3');
    expect(report.get('resumeCount')?.value).toBe('2');
    expect(report.get('largestStanza')?.value).toBe('262144');
    expect(report.get('software')?.value).toBe('Prosody 13.0.1');
    expect(Number(report.get('roundTrip')?.value)).toBeGreaterThan(0);
  });

  it('warns of a certificate that ends soon and of a clock that is wrong', async () => {
    const report = await reportOf();
    expect(report.get('certificateExpires')).toMatchObject({ tone: 'warning', why: 'certificateSoon' });
    expect(report.get('clock')).toMatchObject({ tone: 'warning', why: 'clock' });
    expect(Number(report.get('clock')?.value)).toBeGreaterThan(85);
    const good = await reportOf({ answers: await askStub(0), facts: { ...facts, tls: { ...facts.tls!, certificateExpiresAtMs: nowMs + 100 * dayMs } } });
    expect(good.get('certificateExpires')).toMatchObject({ tone: 'good' });
    expect(good.get('clock')?.tone).toBe('plain');
  });

  it('says which features are there, and why each that is missing matters', async () => {
    const report = await reportOf();
    expect(report.get('xep-0198')).toMatchObject({ value: 'yes', tone: 'good' });
    expect(report.get('xep-0313')).toMatchObject({ value: 'yes' });
    expect(report.get('xep-0280')).toMatchObject({ value: 'yes' });
    expect(report.get('xep-0045')).toMatchObject({ value: 'yes' });
    expect(report.get('xep-0388')).toMatchObject({ value: 'yes' });
    expect(report.get('xep-0363')).toMatchObject({ value: 'no', tone: 'bad', why: 'xep-0363' });
    expect(report.get('xep-0352')).toMatchObject({ value: 'no', tone: 'warning', why: 'xep-0352' });
  });

  it('shows contacts that can be gone to, and no others', async () => {
    const { contacts } = await askStub();
    expect(contacts).toEqual([
      { kind: 'support', uri: 'xmpp:help@a.example' },
      { kind: 'support', uri: 'https://a.example/help' },
      { kind: 'abuse', uri: 'mailto:abuse@a.example' },
    ]);
  });

  it('warns of a password in clear and of a stream over the web', async () => {
    const report = await reportOf({ facts: { ...facts, transport: 'websocket', signIn: { profile: 'sasl', mechanism: 'PLAIN', binding: null, isByToken: false } } });
    expect(report.get('mechanism')).toMatchObject({ tone: 'warning', why: 'plainPassword' });
    expect(report.get('channelBinding')).toMatchObject({ value: 'none', why: 'noBinding' });
    expect(report.get('transport')).toMatchObject({ tone: 'warning', why: 'websocket' });
  });

  it('says little, and nothing wrong, while there is no connection', async () => {
    const report = await reportOf({ facts: null, answers: null });
    expect([...report.keys()]).toEqual(['state', 'domain']);
  });

  it('makes nothing of a server that answers nothing', async () => {
    const silent = await askServer(() => Promise.reject(new StanzaError('feature-not-implemented', undefined, undefined)), 'a.example', 'me@a.example');
    const report = await reportOf({ answers: silent });
    expect(report.get('software')).toBeUndefined();
    expect(report.get('xep-0313')).toBeUndefined();
    // A refusal has made the way too.
    expect(report.get('roundTrip')).toBeDefined();
  });
});
