import { BridgeError, type BridgeLog } from '#bridge';
import type { AccountLink } from './account-link.ts';
import { enableCarbons } from './extensions/0280-carbons.ts';
import { personOf } from './ids.ts';
import { joinRoom } from './join-room.ts';
import { rosterQuery } from './roster.ts';
import type { StreamEngine } from './stream/stream-engine.ts';
import { element } from './stream/xml/element.ts';

/**
 * The first things to do in a new session, and after a restart in a resumed one: learn the server and the contacts.
 * @throws BridgeError `offline` when the connection goes away meanwhile
 */
export async function learnSurroundings(link: AccountLink, engine: StreamEngine, isFresh: boolean): Promise<void> {
  const { services, roster } = link;
  await Promise.all([
    services.isKnown && !isFresh ? undefined : services.discover(),
    roster.isLoaded && !isFresh ? undefined : loadRoster(link, engine),
  ]);
  if (isFresh && services.hasCarbons && !engine.hasCarbons) await tolerate(engine.request({ type: 'set', payload: enableCarbons() }));
}

/**
 * Says that we are there (RFC 6121 section 4.2). Only after the archive was read: the server then sends what it kept
 * for us besides, and those copies are known by their archive ids already.
 */
export const announceOurselves = (link: AccountLink, engine: StreamEngine): void => {
  engine.send(element('presence', {}, ...link.extensions.presenceParts()));
};

async function loadRoster({ roster, journal, ownBareJid }: AccountLink, engine: StreamEngine): Promise<void> {
  const result = await tolerate(engine.request({ type: 'get', payload: rosterQuery() }));
  const people = result === undefined ? [] : roster.load(result);
  const self = { remoteId: personOf(ownBareJid), displayName: null, handle: ownBareJid, isSelf: true };
  await journal.write({ events: [{ type: 'person.upserted', person: self }, ...people] });
}

/** Enters all rooms of this account again. One that refuses does not keep us from the others. */
export async function rejoinRooms(link: AccountLink, engine: StreamEngine, log: BridgeLog): Promise<void> {
  await Promise.all(
    Object.entries(link.journal.state.rooms).map(async ([room, { nick }]) => {
      if (link.rooms.isJoined(room) || !engine.isOnline) return;
      try {
        await joinRoom(link, room, nick);
      } catch (error) {
        log.info('a room could not be joined again', { error: error instanceof Error ? error.message : String(error) });
      }
    }),
  );
}

/** A server that refuses an extra is no reason to stay away; one that is gone is. */
async function tolerate<Value>(request: Promise<Value>): Promise<Value | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof BridgeError && error.name === 'StanzaError') return undefined;
    throw error;
  }
}
