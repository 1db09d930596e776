import { toFault, type BridgeEvent, type MessageTarget } from '#bridge';
import type { AccountLink } from './account-link.ts';
import type { ExtensionDefinition } from './extension.ts';
import { itemsQuery, readItemsResult, type PubsubItem } from './extensions/0060-publish-subscribe.ts';
import { displayedItem, displayedNode, readDisplayed, type Displayed } from './extensions/0490-displayed-synchronization.ts';
import { addressOf, archivedMessage, conversationOf, roomMessage, stanzaIdInRoom } from './ids.ts';
import { publishPrivately } from './publish-private.ts';
import { StanzaError } from './stream/stanza-error.ts';
import type { StreamEngine } from './stream/stream-engine.ts';

/** The newest are enough: what was read long ago is not unread here either. */
const mostItems = 500;

/** What our other devices read, for the store. Each mark is told once a run. */
export const displayedSync: ExtensionDefinition = {
  name: 'displayed-sync',
  attach: (context) => {
    const told = new Map<string, string>();
    const eventsOf = (items: readonly PubsubItem[]): BridgeEvent[] =>
      items.flatMap((item) => {
        const displayed = readDisplayed(item);
        if (displayed === null || told.get(displayed.conversation) === displayed.id) return [];
        if (told.size >= mostItems * 4) told.clear();
        told.set(displayed.conversation, displayed.id);
        return markerOf(context.link, displayed);
      });
    return {
      pep: { [displayedNode]: { of: 'own', read: ({ items }) => eventsOf(items) } },
      /** What was read elsewhere while we were away. */
      online: async (isFresh) => {
        if (!isFresh) return;
        const result = await context.engine.request({ type: 'get', payload: itemsQuery(displayedNode, { max: mostItems }) }).catch(tolerate);
        const events = result === null ? [] : eventsOf(readItemsResult(result).slice(0, mostItems));
        if (events.length > 0) await context.write(events);
      },
    };
  },
};

/**
 * Tells our other devices that we read up to this message. Only what an archive named can be told, and a server that
 * keeps no such nodes is no reason to fail. @throws BridgeError `offline`
 */
export async function publishDisplayed(link: AccountLink, engine: Pick<StreamEngine, 'request'>, target: MessageTarget): Promise<void> {
  const displayed = displayedOf(link, target);
  if (displayed === null) return;
  await publishPrivately(engine, displayedNode, displayedItem(displayed)).catch(tolerate);
}

const isRoom = ({ rooms, journal }: AccountLink, jid: string): boolean =>
  rooms.has(jid) || Object.hasOwn(journal.state.rooms, jid);

/** The archive that names a message has to be the one of its conversation. */
function markerOf(link: AccountLink, { conversation, by, id }: Displayed): BridgeEvent[] {
  const conversationId = conversationOf(conversation);
  if (isRoom(link, conversation)) {
    return by === conversation ? [{ type: 'marker.upserted', conversationId, target: roomMessage(conversation, id) }] : [];
  }
  return by === link.ownBareJid ? [{ type: 'marker.upserted', conversationId, target: archivedMessage(id) }] : [];
}

function displayedOf(link: AccountLink, { conversationId, remoteId, alternateId }: MessageTarget): Displayed | null {
  const conversation = addressOf(conversationId);
  if (isRoom(link, conversation)) {
    const id = stanzaIdInRoom(conversation, remoteId);
    return id === null ? null : { conversation, by: conversation, id };
  }
  const isArchived = !remoteId.startsWith('~') && remoteId !== alternateId;
  return isArchived ? { conversation, by: link.ownBareJid, id: remoteId } : null;
}

function tolerate(error: unknown): null {
  if (error instanceof StanzaError && toFault(error).code !== 'offline') return null;
  throw error;
}
