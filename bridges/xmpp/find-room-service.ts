import { BridgeError } from '#bridge';
import type { AccountLink } from './account-link.ts';
import { discoItemsQuery, readDiscoItems } from './extensions/0030-service-discovery.ts';
import { ns } from './namespaces.ts';
import type { StreamEngine } from './stream/stream-engine.ts';

const mostServices = 30;
const quickDeadlineMs = 10_000;

/** Where our own server keeps rooms; gateways are none of it. @throws BridgeError `unsupported` when it has no rooms */
export async function findRoomService(link: AccountLink, engine: Pick<StreamEngine, 'request'>): Promise<string> {
  const { domain, services } = link;
  const answer = await engine.request({ type: 'get', to: domain, payload: discoItemsQuery(), deadlineMs: quickDeadlineMs });
  const candidates = readDiscoItems(answer).slice(0, mostServices);
  const found = await Promise.all(
    candidates.map(async (address) => {
      const { identities, features } = await services.info(address).catch(() => ({ identities: [], features: new Set<string>() }));
      const isText = identities.some(({ category, type }) => category === 'conference' && type === 'text');
      const isGateway = identities.some(({ category }) => category === 'gateway');
      return isText && !isGateway && features.has(ns.muc) ? [address] : [];
    }),
  );
  const service = found.flat()[0];
  if (service === undefined) throw new BridgeError('unsupported', { server: domain, detail: 'the server has no place for rooms' });
  return service;
}
