/** Every bridge we know of, asked how our logins at it go. */
import type { BridgeEvent } from '#bridge';
import type { AccountContext } from '../../worker/account-context.ts';
import { createProvisioningClient, type ProvisioningClient } from '../provisioning/client.ts';
import { findNamedBridges, typedBridges } from '../provisioning/discover.ts';
import { askIdentity } from '../provisioning/service-list.ts';
import { isBridgeBot } from '../room-bridge.ts';
import type { BridgeReport } from './watch-bridges.ts';

interface Known {
  /** Bots as their bridges name them. */
  bots: ReadonlySet<string>;
  /** Kept, so that a proof of who we are is made once and not with every question. */
  readonly clients: Map<string, ProvisioningClient>;
}

const knownOf = new WeakMap<AccountContext, Known>();
/** A server seldom gets a new bridge; the page that lists them looks again by itself. */
const namedForMs = 60 * 60_000;

const clientOf = (context: AccountContext, { clients }: Known, url: string, isNamed: boolean): ProvisioningClient => {
  const key = `${url} ${String(isNamed)}`;
  const client = clients.get(key) ?? createProvisioningClient(context, url, isNamed);
  clients.set(key, client);
  return client;
};

const askOne = async (client: ProvisioningClient, signal: AbortSignal): Promise<BridgeReport> => {
  const { url } = client;
  try {
    return { url, identity: await askIdentity(client, signal) };
  } catch {
    return { url, identity: null };
  }
};

/** Those that the server names and those that were typed. */
export const askBridges = async (context: AccountContext, signal: AbortSignal): Promise<readonly BridgeReport[]> => {
  const known: Known = knownOf.get(context) ?? { bots: new Set(), clients: new Map() };
  knownOf.set(context, known);
  const held = await findNamedBridges(context, signal, namedForMs);
  // None may also mean that nobody answered.
  const named = held.length > 0 ? held : await findNamedBridges(context, signal);
  const urls = [...new Set([...named, ...typedBridges(context)])];
  const reports = await Promise.all(urls.map((url) => askOne(clientOf(context, known, url, named.includes(url)), signal)));
  known.bots = new Set(reports.flatMap(({ identity }) => identity?.bot ?? []));
  return reports;
};

/** True when a bot said something, or a message of ours did not get through: a reason to ask. */
export const isBotNews = (context: AccountContext, events: readonly BridgeEvent[]): boolean =>
  events.some((event) => {
    if (event.type === 'message.delivery') return event.fault !== undefined;
    if (event.type !== 'message.upserted' || event.origin === 'history' || event.message.isOwn) return false;
    const { senderId } = event.message;
    return knownOf.get(context)?.bots.has(senderId) === true || isBridgeBot(context.store, senderId, context.selfId);
  });
