import type { BridgeEvent, BridgeLog } from '#bridge';
import type { AccountLink } from './account-link.ts';
import type { RoomsOptions } from './rooms.ts';
import { forgetRoom } from './join-room.ts';

type Departed = Parameters<NonNullable<RoomsOptions['onOut']>>;

/**
 * What follows when a room puts us out. Kicked: we may come back, at the next start or by hand. Banned, no member any
 * more, closed: it is not tried again on any of our clients; a room that goes on elsewhere invites us there.
 */
export async function followDeparture(link: AccountLink, log: BridgeLog, ...[room, { departure, reason, alternative }]: Departed): Promise<void> {
  if (departure !== 'banned' && departure !== 'removed' && departure !== 'destroyed') return;
  try {
    const invited = departure === 'destroyed' && alternative !== null && alternative !== room ? alternativeRoom(link, alternative, reason) : [];
    await forgetRoom(link, room, invited);
    await link.bookmarks.left(room);
  } catch (error) {
    log.info('a room could not be forgotten', { error: String(error) });
  }
}

/** Never entered by itself: who closes a room could send everybody anywhere. */
function alternativeRoom(link: AccountLink, room: string, reason: string): readonly BridgeEvent[] {
  return link.rooms.invited({ room, by: null, reason, password: null, isMediated: false }) ?? [];
}
