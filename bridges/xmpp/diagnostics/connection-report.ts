import type { FactTone, ReportFact, ReportSection } from '#bridge';
import type { Discovered } from '../extensions/0030-service-discovery.ts';
import type { ConnectionFacts } from '../stream/connection-facts.ts';
import type { ServerAnswers } from './ask-server.ts';
import { expectedFeatures, type ExpectedFeature } from './expected-features.ts';

export interface ReportSource {
  readonly facts: ConnectionFacts | null;
  readonly answers: ServerAnswers | null;
  readonly domain: string;
  /** Full address of the session. */
  readonly jid: string;
  readonly nowMs: number;
}

const dayMs = 86_400_000;
const soonDays = 14;
const slowTripMs = 500;
const wrongClockMs = 30_000;

/** Everything known about a connection, in the order in which it is read. What is not known is left out. */
export function makeReport(source: ReportSource): readonly ReportSection[] {
  const sections = [
    { id: 'connection', facts: connection(source) },
    { id: 'security', facts: security(source) },
    { id: 'session', facts: session(source) },
    { id: 'server', facts: server(source) },
    { id: 'features', facts: features(source) },
    { id: 'contacts', facts: contacts(source) },
  ];
  return sections.filter(({ facts }) => facts.length > 0);
}

const fact = (id: string, value: string | number | null | undefined, tone: FactTone = 'plain', why?: string): ReportFact[] => {
  if (value === null || value === undefined || value === '') return [];
  return [{ id, value: String(value).slice(0, 500), tone, ...(why === undefined ? {} : { why }) }];
};

const yesNo = (is: boolean): string => (is ? 'yes' : 'no');

function connection({ facts, answers }: ReportSource): ReportFact[] {
  if (facts === null) return fact('state', 'offline', 'bad');
  const trip = answers?.roundTripMs ?? null;
  return [
    ...fact('state', 'online', 'good'),
    ...fact('endpoint', facts.endpoint),
    ...fact('address', facts.remoteAddress),
    ...fact('transport', facts.transport, facts.transport === 'tcp' ? 'plain' : 'warning', facts.transport === 'tcp' ? undefined : 'websocket'),
    ...fact('proxied', yesNo(facts.isProxied)),
    ...fact('onlineSince', new Date(facts.onlineSinceMs).toISOString()),
    ...fact('roundTrip', trip === null ? null : Math.max(1, Math.round(trip)), trip !== null && trip > slowTripMs ? 'warning' : 'plain'),
  ];
}

function security({ facts, nowMs }: ReportSource): ReportFact[] {
  if (facts === null) return [];
  const { tls, signIn } = facts;
  const expiresAtMs = tls?.certificateExpiresAtMs ?? null;
  const daysLeft = expiresAtMs === null ? null : (expiresAtMs - nowMs) / dayMs;
  const isPlain = signIn.mechanism === 'PLAIN';
  return [
    ...(tls === null ? fact('tlsVersion', 'none', 'bad') : fact('tlsVersion', tls.version, tls.version === 'TLSv1.3' ? 'good' : 'plain')),
    ...fact('cipher', tls?.cipher),
    ...fact('certificateIssuer', tls?.certificateIssuer),
    ...fact('certificateExpires', expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(), expiryTone(daysLeft), daysLeft !== null && daysLeft < soonDays ? 'certificateSoon' : undefined),
    ...fact('mechanism', signIn.mechanism, isPlain ? 'warning' : 'good', isPlain ? 'plainPassword' : undefined),
    ...fact('channelBinding', signIn.binding ?? 'none', signIn.binding === null ? 'plain' : 'good', signIn.binding === null ? 'noBinding' : undefined),
    ...fact('byToken', yesNo(signIn.isByToken)),
  ];
}

const expiryTone = (daysLeft: number | null): FactTone => {
  if (daysLeft === null) return 'plain';
  if (daysLeft < 3) return 'bad';
  return daysLeft < soonDays ? 'warning' : 'good';
};

function session({ facts, jid }: ReportSource): ReportFact[] {
  if (facts === null) return [];
  const { isOn, canResume, isResumed, resumeCount, unackedCount } = facts.streamManagement;
  return [
    ...fact('resource', jid.slice(jid.indexOf('/') + 1)),
    ...fact('management', yesNo(isOn), isOn ? 'good' : 'warning'),
    ...fact('canResume', yesNo(canResume), canResume ? 'good' : 'plain'),
    ...fact('isResumed', yesNo(isResumed)),
    ...fact('resumeCount', resumeCount),
    ...fact('unacked', unackedCount),
    ...fact('largestStanza', facts.limits.maxBytes),
    ...fact('idleSeconds', facts.limits.idleSeconds),
  ];
}

function server({ answers, domain }: ReportSource): ReportFact[] {
  const ahead = answers?.clockAheadMs ?? null;
  const isOff = ahead !== null && Math.abs(ahead) > wrongClockMs;
  return [
    ...fact('domain', domain),
    ...fact('software', [answers?.software?.name, answers?.software?.version].filter(Boolean).join(' ')),
    ...fact('system', answers?.software?.os),
    ...fact('clock', ahead === null ? null : (ahead / 1_000).toFixed(1), isOff ? 'warning' : 'plain', isOff ? 'clock' : undefined),
  ];
}

function features({ facts, answers }: ReportSource): ReportFact[] {
  if (facts === null || answers === null) return [];
  return expectedFeatures.flatMap((expected) => {
    const has = isOffered(expected, facts, answers);
    if (has === null) return [];
    const tone = has ? 'good' : expected.isImportant ? 'bad' : 'warning';
    return fact(`xep-${expected.xep}`, yesNo(has), tone, has ? undefined : `xep-${expected.xep}`);
  });
}

/** Null: the question was not answered, so that nothing can be said. */
function isOffered({ place, name }: ExpectedFeature, facts: ConnectionFacts, answers: ServerAnswers): boolean | null {
  if (name === 'serverinfo') return answers.server === null ? null : answers.contacts.length > 0;
  if (place === 'stream') {
    const isInUse = name.endsWith(':sm:3') && facts.streamManagement.isOn;
    return isInUse || facts.features.some((feature) => feature.endsWith(` ${name}`));
  }
  if (place === 'service') return [answers.server, ...answers.services].some((one) => one !== null && offers(one, name));
  const asked = place === 'server' ? answers.server : answers.account;
  return asked === null ? null : offers(asked, name);
}

const offers = ({ features: names, identities }: Discovered, name: string): boolean =>
  names.has(name) || identities.some(({ category, type }) => `${category}/${type}` === name);

const contacts = ({ answers }: ReportSource): ReportFact[] =>
  (answers?.contacts ?? []).flatMap(({ kind, uri }) => fact(`contact-${kind}`, uri));
