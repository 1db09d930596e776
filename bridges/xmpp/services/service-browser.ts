import { BridgeError } from '#bridge';
import type { CommandInfo, ServiceDetail, ServiceItem } from '#model';
import { discoInfoQuery, readDiscoInfo, type Discovered } from '../extensions/0030-service-discovery.ts';
import { bareJid, parseJid } from '../jid.ts';
import { ns } from '../namespaces.ts';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ask, quickDeadlineMs, serviceAddress } from './ask.ts';
import type { ServiceContext } from './service-context.ts';
import { kindOf, networkBehind, offersOf } from './service-kind.ts';

const mostItems = 500;
const mostListed = 40;
const longestName = 300;

const nothing: Discovered = { identities: [], features: new Set(), fields: new Map() };

/** The server, and what it lists; gateways first, for they bring other networks. */
export async function listServices(context: ServiceContext, known: readonly string[], signal: AbortSignal): Promise<readonly ServiceDetail[]> {
  const server = await inspectService(context.domain, null, context, signal);
  const listed = [...new Set([...server.items.filter(({ node }) => node === null).map(({ address }) => address), ...known])];
  const others = await Promise.all(
    listed
      .filter((address) => address !== server.address)
      .slice(0, mostListed)
      .map((address) => inspectOrName(address, server, context, signal)),
  );
  const rank = ({ kind }: ServiceDetail): number => (kind === 'gateway' ? 0 : kind === 'server' ? 1 : 2);
  return [server, ...others].sort((left, right) => rank(left) - rank(right));
}

/** One that does not answer is still listed, so that the person sees that it does not. */
async function inspectOrName(address: string, server: ServiceDetail, context: ServiceContext, signal: AbortSignal): Promise<ServiceDetail> {
  const name = server.items.find((item) => item.address === address)?.name ?? null;
  try {
    const found = await inspectService(address, null, context, signal);
    return { ...found, name: found.name ?? name };
  } catch (error) {
    if (signal.aborted) throw error;
    return { address, node: null, name, kind: 'other', can: [], identities: [], features: [], items: [] };
  }
}

/** What answers at an address, and what is below it. @throws BridgeError */
export async function inspectService(typed: string, node: string | null, context: ServiceContext, signal: AbortSignal): Promise<ServiceDetail> {
  const address = serviceAddress(typed);
  const [info, items] = await Promise.all([
    loadInfo(address, node, context, signal),
    loadItems(address, node, context, signal).catch((error: unknown) => {
      if (signal.aborted) throw error;
      return [];
    }),
  ]);
  const network = networkBehind(info.identities);
  const isOwnServer = address === context.domain;
  return {
    address,
    node,
    name: info.identities.find(({ name }) => name !== null)?.name?.slice(0, longestName) ?? null,
    kind: kindOf(info, address.includes('@')),
    ...(network === null ? {} : { network }),
    ...(info.features.has(ns.register) && !isOwnServer ? { isRegistered: isRegisteredAt(info) } : {}),
    can: offersOf(info, items.length, isOwnServer),
    identities: info.identities.slice(0, 20).map(({ category, type }) => `${category}/${type}`.slice(0, 200)),
    features: [...info.features].slice(0, mostItems).map((feature) => feature.slice(0, 300)).sort(),
    items,
  };
}

/** slidge says so among its identities; others only in the answer to the registration form. */
const isRegisteredAt = ({ identities }: Discovered): boolean =>
  identities.some(({ category, type }) => category === 'account' && type === 'registered');

async function loadInfo(address: string, node: string | null, context: ServiceContext, signal: AbortSignal): Promise<Discovered> {
  const payload = node === null ? discoInfoQuery() : element('query', { xmlns: ns.discoInfo, node });
  const answer = await ask(context.request, { type: 'get', to: address, payload, deadlineMs: quickDeadlineMs }, signal);
  return answer.child('query', ns.discoInfo) === undefined ? nothing : readDiscoInfo(answer);
}

async function loadItems(address: string, node: string | null, context: ServiceContext, signal: AbortSignal): Promise<readonly ServiceItem[]> {
  const payload = element('query', { xmlns: ns.discoItems, node: node ?? undefined });
  const answer = await ask(context.request, { type: 'get', to: address, payload, deadlineMs: quickDeadlineMs }, signal);
  return itemsIn(answer).filter((item) => item.address !== address || item.node !== node);
}

function itemsIn(answer: XmlElement): ServiceItem[] {
  const items = answer.child('query', ns.discoItems)?.childrenNamed('item').slice(0, mostItems) ?? [];
  return items.flatMap((item) => {
    const jid = item.attribute('jid') ?? '';
    const address = jid.includes('/') ? (parseJid(jid) === null ? null : jid) : bareJid(jid);
    if (address === null) return [];
    const name = item.attribute('name')?.slice(0, longestName) ?? '';
    return [{ address, node: item.attribute('node')?.slice(0, 3_000) ?? null, name: name === '' ? null : name }];
  });
}

/** The commands that an address offers us (XEP-0050). @throws BridgeError */
export async function listCommands(typed: string, context: ServiceContext, signal: AbortSignal): Promise<readonly CommandInfo[]> {
  const address = serviceAddress(typed);
  const payload = element('query', { xmlns: ns.discoItems, node: ns.commands });
  const answer = await ask(context.request, { type: 'get', to: address, payload, deadlineMs: quickDeadlineMs }, signal);
  if (answer.child('query', ns.discoItems) === undefined) throw new BridgeError('server-incompatible', { server: address });
  return itemsIn(answer).flatMap(({ address: at, node, name }) => (node === null ? [] : [{ address: at, node, name: name ?? node }]));
}
