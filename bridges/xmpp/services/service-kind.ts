import type { ServiceKind, ServiceOffer } from '#model';
import { networkId, type NetworkId } from '#model';
import type { Discovered } from '../extensions/0030-service-discovery.ts';
import { ns } from '../namespaces.ts';

type Identity = Discovered['identities'][number];

const kindByCategory: Readonly<Record<string, ServiceKind>> = {
  server: 'server',
  gateway: 'gateway',
  conference: 'rooms',
  store: 'files',
  directory: 'directory',
  account: 'account',
  client: 'bot',
};

/** Rooms of this kind are plain XMPP rooms. */
const plainRooms = 'text';

/**
 * The network behind a gateway: `gateway/whatsapp`, or `conference/irc` for one that has only rooms. Null: no gateway.
 * The type goes where names of networks go, so it may only be a word.
 */
export function networkBehind(identities: readonly Identity[]): NetworkId | null {
  const gateway =
    identities.find(({ category }) => category === 'gateway') ??
    identities.find(({ category, type }) => category === 'conference' && type !== plainRooms);
  const type = gateway?.type.toLowerCase() ?? '';
  return /^[a-z][a-z0-9-]{0,29}$/.test(type) ? networkId(type) : null;
}

/** What somebody is, in the words of the service browser. */
export function kindOf({ identities, features }: Discovered, isRoomAddress: boolean): ServiceKind {
  if (networkBehind(identities) !== null) return 'gateway';
  const isRooms = identities.some(({ category }) => category === 'conference');
  if (isRooms) return isRoomAddress ? 'room' : 'rooms';
  if (identities.some(({ category, type }) => category === 'client' && type === 'bot')) return 'bot';
  if (features.has(ns.upload)) return 'files';
  if (features.has(ns.search)) return 'directory';
  const known = identities.map(({ category }) => (Object.hasOwn(kindByCategory, category) ? kindByCategory[category] : undefined));
  return known.find((kind) => kind !== undefined) ?? 'other';
}

/** What can be done there; `isOwnServer`: the account is made and removed elsewhere. */
export function offersOf({ identities, features }: Discovered, itemCount: number, isOwnServer: boolean): readonly ServiceOffer[] {
  const isRooms = identities.some(({ category }) => category === 'conference');
  const offers: readonly (readonly [ServiceOffer, boolean])[] = [
    ['register', features.has(ns.register) && !isOwnServer],
    ['commands', features.has(ns.commands)],
    ['search', features.has(ns.search)],
    ['address-prompt', features.has(ns.gatewayPrompt)],
    ['rooms', isRooms],
    ['items', itemCount > 0],
  ];
  return offers.filter(([, isThere]) => isThere).map(([offer]) => offer);
}
