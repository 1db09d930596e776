import { readDiscoInfo, readDiscoItems, discoInfoQuery, discoItemsQuery, type Discovered } from '../extensions/0030-service-discovery.ts';
import { readVersion, versionQuery, type SoftwareVersion } from '../extensions/0092-software-version.ts';
import { readServerContacts, type ServerContact } from '../extensions/0157-contact-addresses.ts';
import { roundTripMs } from '../extensions/0199-ping.ts';
import { readTimeMs, timeQuery } from '../extensions/0202-entity-time.ts';
import type { IqRequest } from '../stream/iq-tracker.ts';
import type { XmlElement } from '../stream/xml/element.ts';

/** What a server says of itself when it is asked; null for each thing it does not say. */
export interface ServerAnswers {
  readonly software: SoftwareVersion | null;
  readonly contacts: readonly ServerContact[];
  readonly roundTripMs: number | null;
  /** How far the server's clock is ahead of ours. */
  readonly clockAheadMs: number | null;
  readonly server: Discovered | null;
  readonly account: Discovered | null;
  readonly services: readonly Discovered[];
}

type Request = (iq: IqRequest) => Promise<XmlElement>;

const deadlineMs = 5_000;
const mostServices = 30;
const pings = 3;

/** Asks everything at once; a question without an answer holds up no other one. */
export async function askServer(request: Request, domain: string, ownBareJid: string): Promise<ServerAnswers> {
  const ask = <Answer>(to: string, payload: XmlElement, read: (result: XmlElement) => Answer): Promise<Answer | null> =>
    orNull(request({ type: 'get', to, payload, deadlineMs }).then(read));
  const trip = await orNull(shortestTrip(request, domain));
  const [software, clock, info, account, services] = await Promise.all([
    ask(domain, versionQuery(), readVersion),
    clockAhead(request, domain),
    ask(domain, discoInfoQuery(), (result) => ({ server: readDiscoInfo(result), contacts: readServerContacts(result) })),
    ask(ownBareJid, discoInfoQuery(), readDiscoInfo),
    askServices(ask, domain),
  ]);
  return {
    software,
    contacts: info?.contacts ?? [],
    roundTripMs: trip,
    clockAheadMs: clock,
    server: info?.server ?? null,
    account,
    services,
  };
}

/** The shortest of a few: what is longer waited for something else. */
async function shortestTrip(request: Request, domain: string): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < pings; turn += 1) shortest = Math.min(shortest, await roundTripMs(request, domain, deadlineMs));
  return shortest;
}

/** The answer is taken to have been written half-way between question and answer. */
async function clockAhead(request: Request, domain: string): Promise<number | null> {
  const askedAtMs = Date.now();
  const result = await orNull(request({ type: 'get', to: domain, payload: timeQuery(), deadlineMs }));
  const theirsMs = result === null ? null : readTimeMs(result);
  return theirsMs === null ? null : theirsMs - (askedAtMs + Date.now()) / 2;
}

async function askServices(
  ask: <Answer>(to: string, payload: XmlElement, read: (result: XmlElement) => Answer) => Promise<Answer | null>,
  domain: string,
): Promise<readonly Discovered[]> {
  const items = (await ask(domain, discoItemsQuery(), readDiscoItems)) ?? [];
  const answers = await Promise.all(items.slice(0, mostServices).map((jid) => ask(jid, discoInfoQuery(), readDiscoInfo)));
  return answers.filter((answer) => answer !== null);
}

const orNull = <Value>(promise: Promise<Value>): Promise<Value | null> => promise.catch(() => null);
