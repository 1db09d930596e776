/** The bridges behind an account: those its server names, those a person typed, and bots that we share rooms with. */
import { BridgeError } from '#bridge';
import type { CommandInfo, ServiceDetail } from '#model';
import { asRecord } from '../../event-shape.ts';
import { isUserId, serverOfUser } from '../../ids.ts';
import type { AccountContext } from '../../worker/account-context.ts';
import { bridgeBookOf } from '../bridge-book.ts';
import { readGhost } from '../networks.ts';
import { createProvisioningClient, readBridgeUrl, type ProvisioningClient } from './client.ts';
import { findNamedBridges, keepTyped, typedBridges } from './discover.ts';
import { readIdentity, type BridgeIdentity } from './shapes.ts';

const bare = { node: null, identities: [], features: [], items: [] } as const;

/** What the bridge says of itself and of us. @throws BridgeError `server-incompatible` when that is no bridge */
export const askIdentity = async (client: ProvisioningClient, signal: AbortSignal): Promise<BridgeIdentity> => {
  const identity = readIdentity(await client.get(['whoami'], signal), Date.now());
  if (identity === null) throw new BridgeError('server-incompatible', { server: new URL(client.url).host, detail: 'no bridge answers there' });
  return identity;
};

export const clientFor = async (context: AccountContext, url: string, signal: AbortSignal): Promise<ProvisioningClient> =>
  createProvisioningClient(context, url, (await findNamedBridges(context, signal)).includes(url));

const describeBridge = ({ url, trust }: ProvisioningClient, identity: BridgeIdentity): ServiceDetail => ({
  ...bare,
  address: url,
  name: identity.name,
  kind: 'bridge',
  ...(identity.network === null ? {} : { network: identity.network }),
  isRegistered: identity.logins.length > 0,
  logins: identity.logins,
  trust,
  can: ['register', ...(identity.logins.length > 0 ? (['address-prompt', 'search'] as const) : [])],
});

const hostOf = ({ baseUrl }: AccountContext): string => new URL(baseUrl).host;

const describeServer = (context: AccountContext): ServiceDetail => ({ ...bare, address: hostOf(context), name: null, kind: 'server', can: ['commands'] });

/** @throws BridgeError */
export const inspectBridge = async (context: AccountContext, typed: string, signal: AbortSignal): Promise<ServiceDetail> => {
  if (isUserId(typed)) return describeBot(context, typed);
  if (typed === hostOf(context)) return describeServer(context);
  const url = readBridgeUrl(typed);
  const client = await clientFor(context, url, signal);
  const identity = await askIdentity(client, signal);
  keepTyped(context, url);
  return describeBridge(client, identity);
};

const describeBot = ({ store, selfId }: AccountContext, bot: string): ServiceDetail => {
  const sight = readGhost(bot, serverOfUser(selfId) ?? '', bridgeBookOf(store).families);
  return { ...bare, address: bot, name: store.people.name(bot), kind: 'bot', ...(sight === null ? {} : { network: sight.network }), can: ['commands'] };
};

const mostRooms = 2_000;

/** Bots of bridges in our rooms: those the bridges name, and those whose address says so. */
const botsAround = ({ store, selfId }: AccountContext): readonly string[] => {
  const ownServer = serverOfUser(selfId) ?? '';
  const { families } = bridgeBookOf(store);
  const bots = new Set<string>();
  for (const { id, membership, strippedState } of store.rooms.all().slice(0, mostRooms)) {
    if (membership === 'left') continue;
    const events = membership === 'joined' ? store.rooms.statesOfType(id, 'm.room.member', 40) : strippedState.map(asRecord);
    for (const userId of events.map((event) => event['state_key'])) {
      if (isUserId(userId) && readGhost(userId, ownServer, families)?.isBot === true) bots.add(userId);
    }
  }
  return [...bots];
};

/** One that does not answer is listed all the same, so that a person sees that it does not. */
const inspectOrName = async (context: AccountContext, url: string, signal: AbortSignal): Promise<{ readonly detail: ServiceDetail; readonly bot: string | null }> => {
  const client = await clientFor(context, url, signal);
  try {
    const identity = await askIdentity(client, signal);
    return { detail: describeBridge(client, identity), bot: identity.bot };
  } catch (error) {
    if (signal.aborted) throw error;
    return { detail: { ...bare, address: url, name: null, kind: 'bridge', trust: client.trust, can: [] }, bot: null };
  }
};

export const listBridges = async (context: AccountContext, signal: AbortSignal): Promise<readonly ServiceDetail[]> => {
  const urls = [...new Set([...(await findNamedBridges(context, signal)), ...typedBridges(context)])];
  const bridges = await Promise.all(urls.map((url) => inspectOrName(context, url, signal)));
  const withApi = new Set(bridges.map(({ bot }) => bot));
  const bots = botsAround(context).filter((bot) => !withApi.has(bot));
  return [...bridges.map(({ detail }) => detail), ...bots.map((bot) => describeBot(context, bot)), describeServer(context)];
};

/** Words that every mautrix bot and heisenbridge know. */
const botWords = ['help', 'login', 'list-logins', 'logout'];

/** `bridge-book`: our own, at the server's card. */
export const bookCommand = 'bridge-book';

export const commandsOf = (address: string): readonly CommandInfo[] =>
  isUserId(address) ? botWords.map((word) => ({ address, node: word, name: word })) : [{ address, node: bookCommand, name: bookCommand }];

