import type { CommandInfo, ServiceDetail, ServiceItem } from '#model';
import { discoInfoQuery, readDiscoInfo, type Discovered } from '../extensions/0030-service-discovery.ts';
import { ns } from '../namespaces.ts';
import { element } from '../stream/xml/element.ts';
import { ask, quickDeadlineMs, serviceAddress } from './ask.ts';
import { itemsIn } from './disco-items.ts';
import { commandsAt, isRegisteredAt, type Question } from './registration-state.ts';
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
  const mayKnowUs = network !== null && node === null && info.features.has(ns.register);
  const isRegistered = mayKnowUs ? await isRegisteredAt(address, info.features.has(ns.commands), quietly(context, signal)) : null;
  return {
    address,
    node,
    name: info.identities.find(({ name }) => name !== null)?.name?.slice(0, longestName) ?? null,
    kind: kindOf(info, address.includes('@')),
    ...(network === null ? {} : { network }),
    ...(isRegistered === null ? {} : { isRegistered }),
    can: offersOf(info, items.length, isOwnServer),
    identities: info.identities.slice(0, 20).map(({ category, type }) => `${category}/${type}`.slice(0, 200)),
    features: [...info.features].slice(0, mostItems).map((feature) => feature.slice(0, 300)).sort(),
    items,
  };
}

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

/** The commands that an address offers us (XEP-0050). @throws BridgeError */
export async function listCommands(typed: string, context: ServiceContext, signal: AbortSignal): Promise<readonly CommandInfo[]> {
  return await commandsAt(serviceAddress(typed), (to, payload) => ask(context.request, { type: 'get', to, payload, deadlineMs: quickDeadlineMs }, signal));
}

/** Takes a refusal for "no answer", but not that the person went away. */
const quietly =
  (context: ServiceContext, signal: AbortSignal): Question =>
  async (to, payload) => {
    try {
      return await ask(context.request, { type: 'get', to, payload, deadlineMs: quickDeadlineMs }, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      return undefined;
    }
  };
