/** Collects what one sync response or history page has to say, in the order the engine wants to hear it. */
import type { BridgeEvent } from '#bridge';

/** `voted`: the numbers of a poll changed. `answered`: our knock became an invitation. `upgraded`: a room goes on in another one. */
export type FollowUp =
  | { readonly kind: 'voted'; readonly roomId: string; readonly pollId: string }
  | { readonly kind: 'answered'; readonly roomId: string }
  | { readonly kind: 'upgraded'; readonly roomId: string; readonly successor: string; readonly via: string | null };

export interface Outcome {
  readonly conversations: BridgeEvent[];
  readonly people: BridgeEvent[];
  readonly timeline: BridgeEvent[];
  /** Receipts, markers and counts: about messages that must be there first. */
  readonly afterwards: BridgeEvent[];
  /** Typing: worth nothing a minute later, so it is never queued. */
  readonly passing: BridgeEvent[];
  readonly erasedIds: Set<string>;
  /** Messages whose last correction was taken back. */
  readonly reverts: { readonly roomId: string; readonly eventId: string }[];
  /** Rooms that want something done by us. */
  readonly followUps: FollowUp[];
  /** Rooms whose abilities may have changed. */
  readonly changedRooms: Set<string>;
  /** Events that could not be read at all. */
  droppedCount: number;
}

export const createOutcome = (): Outcome => ({
  conversations: [],
  people: [],
  timeline: [],
  afterwards: [],
  passing: [],
  erasedIds: new Set(),
  reverts: [],
  followUps: [],
  changedRooms: new Set(),
  droppedCount: 0,
});

/** The events that must not get lost, in order. */
export const lastingEvents = (outcome: Outcome): readonly BridgeEvent[] => [
  ...outcome.conversations,
  ...outcome.people,
  ...outcome.timeline,
  ...outcome.afterwards,
];
