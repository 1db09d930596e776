import { BridgeError, type RoomListing } from '#bridge';
import type { AccountLink } from './account-link.ts';
import { discoItemsQuery } from './extensions/0030-service-discovery.ts';
import { channelQuery, channelSearch, nextChannels, olderChannelSearch, readChannels } from './extensions/0433-channel-search.ts';
import { findRoomService } from './find-room-service.ts';
import { inParallel } from './in-parallel.ts';
import { bareJid } from './jid.ts';
import { ns } from './namespaces.ts';
import { isRoom, readRoomAbout } from './room-about.ts';
import type { StreamEngine } from './stream/stream-engine.ts';
import type { XmlElement } from './stream/xml/element.ts';

export interface RoomPage {
  readonly rooms: readonly RoomListing[];
  readonly next: string | null;
}

const pageSize = 30;
const mostListed = 5_000;
const asksAtOnce = 6;
const quickDeadlineMs = 15_000;

/**
 * Rooms of a service that match, by name or address; one room when the text is its address. The service lists them
 * all (XEP-0030); what each of them is like is asked for the page that is shown. A service that searches by itself
 * (XEP-0433) also finds rooms by what they are about, and those of other servers.
 */
export async function searchRooms(
  link: AccountLink,
  engine: Pick<StreamEngine, 'request'>,
  { text, service, next, signal }: { readonly text: string; readonly service: string | null; readonly next: string | null; readonly signal: AbortSignal },
): Promise<RoomPage> {
  const named = bareJid(text.replace(/^xmpp:/i, '').replace(/\?.*$/s, ''));
  if (named !== null && named.includes('@')) return { rooms: await describeRooms(link, [{ address: named, name: null }], signal), next: null };
  const place = service === null ? await findRoomService(link, engine) : bareJid(service);
  if (place === null || place.includes('@')) throw new BridgeError('wrong-address');
  const { start, after } = readPlace(next);
  const [listed, { found, last }] = await Promise.all([
    engine.request({ type: 'get', to: place, payload: discoItemsQuery(), deadlineMs: quickDeadlineMs }).then(readRooms, toFailure),
    (next === null || after !== null) && text.trim() !== '' ? askForRooms(link, engine, place, text.trim(), after) : { found: [], last: null },
  ]);
  signal.throwIfAborted();
  if (listed instanceof Error && found.length === 0) throw listed;
  const wanted = fold(text);
  const fitting = (listed instanceof Error ? [] : listed).filter(({ address, name }) => fold(`${name ?? ''} ${address}`).includes(wanted));
  const known = new Set(fitting.map(({ address }) => address));
  const further = found.filter(({ address }) => !known.has(address));
  const page = start === null ? [] : fitting.slice(start, start + pageSize);
  const following = start !== null && start + pageSize < fitting.length ? start + pageSize : null;
  return { rooms: [...(await describeRooms(link, page, signal)), ...further], next: writePlace(following, last) };
}

/** Where the list goes on, and where what the service found itself does; null: no further. */
const writePlace = (start: number | null, after: string | null): string | null => (start === null && after === null ? null : `${start ?? ''}|${after ?? ''}`);

function readPlace(next: string | null): { readonly start: number | null; readonly after: string | null } {
  if (next === null) return { start: 0, after: null };
  const bar = next.indexOf('|');
  const number = /^\d{1,9}$/.test(next.slice(0, Math.max(0, bar))) ? Number(next.slice(0, bar)) : null;
  return { start: number, after: next.slice(bar + 1) || null };
}

const toFailure = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** What the service finds itself; nothing where it does not search. Prosody's module does not say that it does. */
async function askForRooms(
  link: AccountLink,
  engine: Pick<StreamEngine, 'request'>,
  place: string,
  text: string,
  after: string | null,
): Promise<{ readonly found: readonly RoomListing[]; readonly last: string | null }> {
  const { features } = await link.services.info(place).catch(() => ({ features: new Set<string>() }));
  const way = features.has(ns.channelSearch) ? channelSearch : olderChannelSearch;
  try {
    const answer = await engine.request({ type: way.type, to: place, payload: channelQuery(way, text, after), deadlineMs: quickDeadlineMs });
    return { found: readChannels(answer, way), last: nextChannels(answer, way) };
  } catch {
    return { found: [], last: null };
  }
}

interface Listed {
  readonly address: string;
  readonly name: string | null;
}

const readRooms = (answer: XmlElement): readonly Listed[] =>
  (answer.child('query', ns.discoItems)?.childrenNamed('item') ?? []).slice(0, mostListed).flatMap((item) => {
    const address = bareJid(item.attribute('jid'));
    return address === null || !address.includes('@') ? [] : [{ address, name: item.attribute('name')?.slice(0, 500) ?? null }];
  });

/** In the order they were listed; one that does not answer is shown as it was listed. */
async function describeRooms(link: AccountLink, listed: readonly Listed[], signal: AbortSignal): Promise<RoomListing[]> {
  const rooms = new Map<string, RoomListing>();
  await inParallel(listed, asksAtOnce, async ({ address, name }) => {
    if (signal.aborted) return;
    const found = await link.services.info(address).catch(() => null);
    if (found !== null && found.identities.length > 0 && !isRoom(found)) return;
    const about = found === null ? null : readRoomAbout(found);
    rooms.set(address, {
      address,
      name: about?.title ?? name,
      description: about?.description ?? null,
      memberCount: about?.memberCount ?? null,
      isPasswordProtected: about?.isPasswordProtected ?? false,
      isMembersOnly: about?.isMembersOnly ?? false,
    });
  });
  return listed.flatMap(({ address }) => rooms.get(address) ?? []);
}

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase().trim();
