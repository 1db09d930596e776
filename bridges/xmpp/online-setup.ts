import { BridgeError } from '#bridge';
import type { AccountLink } from './account-link.ts';
import { enableCarbons } from './extensions/0280-carbons.ts';
import { personOf } from './ids.ts';
import { ns } from './namespaces.ts';
import { rosterQuery } from './roster.ts';
import type { StreamEngine } from './stream/stream-engine.ts';

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
export const announceOurselves = (link: AccountLink): void => {
  link.people.ownPresence.announce();
};

/** A server that gave a version knows versions; for the first time its features say so. */
const askedVersion = ({ version }: AccountLink['roster'], engine: StreamEngine): string | undefined =>
  version ?? (engine.connectionFacts?.features.includes(`ver ${ns.rosterVersioning}`) === true ? '' : undefined);

async function loadRoster({ roster, journal, ownBareJid }: AccountLink, engine: StreamEngine): Promise<void> {
  const result = await tolerate(engine.request({ type: 'get', payload: rosterQuery(askedVersion(roster, engine)) }));
  const people = result === undefined ? [] : roster.load(result);
  const self = { remoteId: personOf(ownBareJid), displayName: null, handle: ownBareJid, isSelf: true };
  await journal.write({ events: [{ type: 'person.upserted', person: self }, ...people] });
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
