/** Runs timeline events through the translator, one by one: a bad one costs itself and nothing else. */
import type { BridgeEvent, MessageOrigin } from '#bridge';
import { readRoomEvent, type RoomEvent } from '../event-shape.ts';
import { conversationOf, messageOf, personOf } from '../ids.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import { bridgeOfRoom } from '../bridged/room-bridge.ts';
import { readBotWord } from '../bridged/watchdog/bot-words.ts';
import { readSendStatus, sendStatusType } from '../bridged/send-status.ts';
import { noteSender } from './members.ts';
import type { Outcome } from './outcome.ts';
import type { PowerLevels } from './power.ts';
import { levelsOf } from './room-powers.ts';
import { readTimelineEvent, unsupportedMessage, type TimelineContext } from './timeline.ts';

export interface TimelineInput {
  readonly store: MatrixStore;
  readonly outcome: Outcome;
  readonly selfId: string;
  readonly roomId: string;
  readonly nowMs: number;
  /** Origin of a message by its time. */
  readonly originOf: (sentAtMs: number) => MessageOrigin;
}

interface RoomFacts {
  readonly levels: PowerLevels;
  readonly encryptedSinceMs: number | null;
}

const apply = (input: TimelineInput, event: RoomEvent, { levels, encryptedSinceMs }: RoomFacts): void => {
  const { store, outcome, roomId, selfId, nowMs } = input;
  const context: TimelineContext = {
    roomId,
    selfId,
    nowMs,
    origin: input.originOf(event.sentAtMs),
    // Ids of other rooms mean nothing here: whoever names one must not reach into it.
    find: (eventId) => {
      const known = store.events.find(eventId);
      return known?.roomId === roomId ? known : null;
    },
    nameOf: (userId) => store.people.name(userId),
    encryptedSinceMs,
    mayCallAll: (userId) => levels.of(userId) >= levels.toCallAll(),
  };
  try {
    const result = readTimelineEvent(event, context);
    // The event itself may have been erased by a redaction that came first (a page of history after a live event).
    if (store.events.find(event.eventId)?.isRedacted === true && !result.known.isRedacted) return;
    store.events.put(result.known);
    noteShield(input, event);
    if (result.events.length > 0) noteSender(store, outcome, selfId, event.sender);
    outcome.timeline.push(...result.events);
    noteSent(store, result.events);
    if (result.known.kind === 'message' && context.origin === 'history') pushReactions(input, event.eventId);
    if (result.erased !== undefined && context.find(result.erased) !== null) {
      store.events.erase(result.erased);
      outcome.erasedIds.add(result.erased);
    }
    if (result.erased !== undefined) store.rooms.eraseState(result.erased);
    noteStatus(input, event, context);
    const botWord = context.origin === 'history' ? null : readBotWord(store, selfId, roomId, event);
    if (botWord !== null) outcome.afterwards.push(botWord);
    if (result.poll !== undefined && (context.origin !== 'history' || result.known.kind === 'message')) notePoll(outcome, roomId, result.poll);
    if (result.revert !== undefined) outcome.reverts.push({ roomId, eventId: result.revert });
  } catch {
    if (event.stateKey === undefined && event.type === 'm.room.message') {
      outcome.timeline.push(unsupportedMessage(event, context));
    } else {
      outcome.droppedCount += 1;
    }
  }
};

/** A device may prove itself later; that a message came in clear stays so. */
const noteShield = ({ store, roomId }: TimelineInput, { eventId, sender, proof }: RoomEvent): void => {
  if (proof !== null && proof.shield !== null) store.shielded.put({ eventId, roomId, sender, shield: proof.shield });
};

/** What a bridge says became of a message of ours. */
const noteStatus = ({ store, outcome, selfId, roomId }: TimelineInput, event: RoomEvent, { find }: TimelineContext): void => {
  if (event.type !== sendStatusType) return;
  const room = store.rooms.get(roomId);
  const bridge = room === null ? null : bridgeOfRoom(store, room, selfId);
  const told = bridge === null ? null : readSendStatus(event, { roomId, selfId, bots: bridge.bots, find });
  if (told !== null) outcome.timeline.push(told);
};

/** However many voted in one response, the numbers are asked for once. */
const notePoll = ({ followUps }: Outcome, roomId: string, pollId: string): void => {
  if (!followUps.some((known) => known.kind === 'voted' && known.pollId === pollId)) followUps.push({ kind: 'voted', roomId, pollId });
};

/** The echo of a send proves it, also when the answer never came. */
const noteSent = (store: MatrixStore, events: readonly BridgeEvent[]): void => {
  for (const event of events) {
    if (event.type !== 'message.upserted' || event.message.transactionId === undefined) continue;
    const { transactionId, remoteId, sentAtMs } = event.message;
    store.markers.setSent(transactionId, { eventId: remoteId, atMs: sentAtMs });
  }
};

/** Walking backwards, reactions come before the message they belong to: say them again now. */
const pushReactions = (input: TimelineInput, eventId: string): void => {
  for (const reaction of input.store.events.reactionsTo(eventId)) {
    if (reaction.emoji === null || reaction.roomId !== input.roomId) continue;
    input.outcome.timeline.push({
      type: 'reaction.upserted',
      conversationId: conversationOf(input.roomId),
      target: messageOf(eventId),
      personId: personOf(reaction.sender),
      emoji: reaction.emoji,
      reactionId: messageOf(reaction.eventId),
    });
  }
};

/** Applies events in the order given (oldest first); returns the readable ones. */
export const applyTimeline = (input: TimelineInput, rawEvents: readonly unknown[]): readonly RoomEvent[] => {
  const events: RoomEvent[] = [];
  const { store, roomId } = input;
  const facts: RoomFacts = { levels: levelsOf(store, roomId), encryptedSinceMs: store.shielded.encryptedSinceMs(roomId) };
  for (const raw of rawEvents) {
    const event = readRoomEvent(raw, input.nowMs);
    if (event === null) {
      input.outcome.droppedCount += 1;
      continue;
    }
    events.push(event);
    apply(input, event, facts);
  }
  return events;
};
