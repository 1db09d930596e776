import type { BridgeEvent, BridgeLog } from '#bridge';
import type { NetworkId } from '#model';
import type { ExtensionHost } from './extension-host.ts';
import type { NamelessMessage } from './nameless-messages.ts';
import type { PresenceBook } from './presence.ts';
import type { Receipts } from './receipts.ts';
import type { Requests } from './requests.ts';
import type { RoomChallenges } from './room-challenge.ts';
import type { RoomMarkers } from './room-markers.ts';
import type { Rooms } from './rooms.ts';
import type { Roster } from './roster.ts';
import type { XmppState } from './state.ts';
import type { XmlElement } from './stream/xml/element.ts';

/** Whom the inbox asks about what came in. */
export interface InboxOptions {
  readonly ownBareJid: string;
  readonly domain: string;
  readonly roster: Roster;
  readonly presence: PresenceBook;
  readonly rooms: Rooms;
  readonly roomMarkers: RoomMarkers;
  readonly challenges: RoomChallenges;
  readonly receipts: Receipts;
  readonly requests: Requests;
  /** The network behind a gateway that this address is on; undefined: none. */
  networkOf(jid: string): NetworkId | undefined;
  /** The name of a gateway that speaks for itself; null: somebody else. */
  gatewayTitle(jid: string): string | null;
  /** Whether a gateway that we signed in to brings them along. */
  isOurGuest(jid: string): boolean;
  /** Whether that gateway's people may see us without a question. */
  isLetIn(jid: string): boolean;
  /** Whether the person blocked this sender: nothing of them is shown, however it came. */
  isKeptAway(from: string | undefined): boolean;
  /** Made later than the inbox. */
  extensions(): ExtensionHost;
  readonly log: BridgeLog;
  /** Whether our own archive exists, and so vouches for the stanza-ids in its name. */
  hasArchive(): boolean;
  /** Whether the archive was read to its end in this session. */
  isCaughtUp(): boolean;
  /** Whether the next catch-up may start behind a live message. */
  mayAdvance(): boolean;
  /** As last stored: what was translated and then not stored must not pass for a copy when it comes again. */
  nameless(): readonly NamelessMessage[];
  now(): number;
}

/** What a batch of stanzas comes to. */
export interface Translation {
  readonly events: readonly BridgeEvent[];
  /** To be sent once the events are stored. */
  readonly replies: readonly XmlElement[];
  /** To be saved with them. */
  change(state: XmppState): XmppState;
}
