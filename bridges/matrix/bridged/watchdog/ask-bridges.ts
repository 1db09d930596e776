/** Every bridge we know of, asked how our logins at it go. */
import type { BridgeEvent } from '#bridge';
import type { AccountContext } from '../../worker/account-context.ts';
import { findNamedBridges, typedBridges } from '../provisioning/discover.ts';
import { askIdentity, clientFor } from '../provisioning/service-list.ts';
import { isBridgeBot } from '../room-bridge.ts';
import type { BridgeReport } from './watch-bridges.ts';

/** Bots as their bridges name them, of each account. */
const bots = new WeakMap<AccountContext, ReadonlySet<string>>();

const askOne = async (context: AccountContext, url: string, signal: AbortSignal): Promise<BridgeReport> => {
  try {
    return { url, identity: await askIdentity(await clientFor(context, url, signal), signal) };
  } catch {
    return { url, identity: null };
  }
};

/** Those that the server names and those that were typed. */
export const askBridges = async (context: AccountContext, signal: AbortSignal): Promise<readonly BridgeReport[]> => {
  const urls = [...new Set([...(await findNamedBridges(context, signal)), ...typedBridges(context)])];
  const reports = await Promise.all(urls.map((url) => askOne(context, url, signal)));
  bots.set(context, new Set(reports.flatMap(({ identity }) => identity?.bot ?? [])));
  return reports;
};

/** True when a bot said something, or a message of ours did not get through: a reason to ask. */
export const isBotNews = (context: AccountContext, events: readonly BridgeEvent[]): boolean =>
  events.some((event) => {
    if (event.type === 'message.delivery') return event.fault !== undefined;
    if (event.type !== 'message.upserted' || event.origin === 'history' || event.message.isOwn) return false;
    const { senderId } = event.message;
    return bots.get(context)?.has(senderId) === true || isBridgeBot(context.store, senderId, context.selfId);
  });
