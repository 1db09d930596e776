/**
 * One `/sync` response → the store and the events for the engine. Runs inside the transaction that also moves the
 * sync token, so a response is taken over as a whole or not at all.
 */
import type { MessageOrigin } from '#bridge';
import type { Membership } from '#model';
import { asArray, asName, asRecord, asString, readRoomEvent, type JsonRecord, type RoomEvent } from './event-shape.ts';
import { conversationOf, isRoomId, isUserId, messageOf, personOf, serverOfUser } from './ids.ts';
import { bridgeBookType } from './bridged/bridge-book.ts';
import { bridgeOfRoom, isOfOwnBridge } from './bridged/room-bridge.ts';
import { applyTimeline } from './receive/apply-timeline.ts';
import { describeConversation, inviterOf, isSpace } from './receive/conversation.ts';
import { readFolders } from './receive/folders.ts';
import { leaveUnmentioned, untoldOf } from './receive/from-the-beginning.ts';
import { readIgnored } from './receive/ignored.ts';
import { applyReceipts, applyTyping, type TypingState } from './receive/ephemeral.ts';
import { describePins, pinsType } from './receive/pins.ts';
import { applyMember, notePerson, noteSender } from './receive/members.ts';
import { createOutcome, type Outcome } from './receive/outcome.ts';
import { readSyncResponse, type JoinedRoom, type StrippedRoom } from './receive/sync-response.ts';
import type { MatrixStore } from './store/matrix-store.ts';

export interface SyncContext {
  readonly store: MatrixStore;
  readonly selfId: string;
  readonly nowMs: number;
  /** True for the first response after a pause: its messages were written while we were away. */
  readonly isCatchingUp: boolean;
  readonly typing: TypingState;
}

interface RoomWork extends SyncContext {
  readonly outcome: Outcome;
  /** The first response this account ever got: all of it is history. */
  readonly isFirstSync: boolean;
  /** It tells everything from the beginning, and much of that we know. See `receive/from-the-beginning.ts`. */
  readonly isStartingOver: boolean;
}

/** Takes over a response. Never throws for what is in it, only when the disk refuses. */
export const applySync = (raw: unknown, context: SyncContext): Outcome => {
  const { store, selfId } = context;
  const response = readSyncResponse(raw);
  const outcome = createOutcome();
  const isStartingOver = store.settings.get('starting_over') !== null;
  const work: RoomWork = { ...context, outcome, isStartingOver, isFirstSync: !isStartingOver && store.settings.get('next_batch') === null };

  applyAccountData(response.accountData, work);
  for (const room of response.invited) applyStripped(room, 'invited', work);
  for (const room of response.knocked) applyStripped(room, 'requested', work);
  for (const room of response.joined) applyRoom(room, 'joined', work);
  for (const room of response.left) applyRoom(room, 'left', work);
  if (work.isFirstSync) noteSender(store, outcome, selfId, selfId);
  if (isStartingOver) {
    leaveUnmentioned(response, store, outcome);
    store.settings.delete('starting_over');
  }

  for (const roomId of outcome.changedRooms) sayConversation(roomId, work);
  sayFolders(work);
  if (outcome.erasedIds.size > 0) store.queue.erase(outcome.erasedIds);
  if (response.nextBatch !== null) store.settings.set('next_batch', response.nextBatch);
  return outcome;
};

const applyAccountData = (events: readonly unknown[], { store, outcome }: RoomWork): void => {
  for (const raw of events) {
    const event = asRecord(raw);
    const type = asString(event['type']);
    if (type === undefined) continue;
    const before = perRoom(type, store);
    store.accountData.set(type, event);
    for (const roomId of new Set([...before, ...perRoom(type, store)])) {
      if (store.rooms.get(roomId) !== null) outcome.changedRooms.add(roomId);
    }
    if (type === 'm.ignored_user_list') {
      outcome.people.push({ type: 'blocked.replaced', addresses: readIgnored(asRecord(event['content'])) });
    }
  }
};

/** Rooms that a kind of account data says something about. */
const perRoom = (type: string, { accountData, rooms }: MatrixStore): Iterable<string> => {
  if (type === 'm.direct') return accountData.directRooms().keys();
  if (type === bridgeBookType) return rooms.all().map(({ id }) => id);
  return type === 'm.push_rules' ? accountData.notifyLevels().keys() : [];
};

const applyStripped = (room: StrippedRoom, membership: Membership, work: RoomWork): void => {
  const { store, outcome, selfId, nowMs } = work;
  const wasAsked = membership === 'invited' && store.rooms.get(room.roomId)?.membership === 'requested';
  if (wasAsked) outcome.followUps.push({ kind: 'answered', roomId: room.roomId });
  store.rooms.patch(room.roomId, { membership, strippedState: room.state, activeAtMs: nowMs });
  outcome.changedRooms.add(room.roomId);
  if (membership === 'invited' && isOwnBridgeInviting(room.roomId, work)) outcome.followUps.push({ kind: 'answered', roomId: room.roomId });
  for (const raw of room.state) {
    const event = asRecord(raw);
    const { state_key: userId, type, content } = event;
    if (type !== 'm.room.member' || !isUserId(userId)) continue;
    const displayName = asName(asRecord(content)['displayname']);
    if (!store.people.isKnown(userId)) notePerson(store, outcome, selfId, { userId, displayName, atMs: 0 });
  }
};

const isOwnBridgeInviting = (roomId: string, { store, selfId }: RoomWork): boolean => {
  const row = store.rooms.get(roomId);
  const inviter = row === null ? null : inviterOf(row, selfId);
  return inviter !== null && isOfOwnBridge(store, inviter.userId, selfId);
};

const applyState = (roomId: string, rawEvents: readonly unknown[], work: RoomWork): void => {
  const { store, outcome, selfId, nowMs } = work;
  const members: RoomEvent[] = [];
  let hasPins = false;
  for (const raw of rawEvents) {
    const event = readRoomEvent(raw, nowMs);
    if (event?.stateKey === undefined) continue;
    store.rooms.setState(roomId, event.type, event.stateKey, asRecord(raw));
    outcome.changedRooms.add(roomId);
    if (event.type === 'm.room.member') members.push(event);
    hasPins ||= event.type === pinsType && event.stateKey === '';
  }
  // After the rest of the state, for the roles are in it.
  if (isSilent(roomId, store)) return;
  for (const event of members) applyMember(store, outcome, selfId, roomId, event);
  leaveOutBots(roomId, work);
  if (hasPins) outcome.afterwards.push(describePins(store, roomId));
};

/** Machinery of a bridge is nobody to count or to name. */
const leaveOutBots = (roomId: string, { store, outcome, selfId }: RoomWork): void => {
  const room = store.rooms.get(roomId);
  const bots = room === null ? [] : (bridgeOfRoom(store, room, selfId)?.bots ?? []);
  for (const bot of bots) {
    if (!store.people.leave(roomId, bot)) continue;
    outcome.people.push({ type: 'participant.deleted', conversationId: conversationOf(roomId), personId: personOf(bot) });
  }
};

const applyRoom = (room: JoinedRoom, membership: Membership, work: RoomWork): void => {
  const { store, outcome, selfId, nowMs } = work;
  const { roomId } = room;
  const before = store.rooms.get(roomId);
  const wasJoined = before?.membership === 'joined';
  /** We left it, or the server had forgotten it: what we know of it ends at some time before this. */
  const isBack = membership === 'joined' && before?.membership === 'left' && before.emitted !== null;
  store.rooms.patch(roomId, {
    membership,
    strippedState: [],
    summary: { ...before?.summary, ...room.summary },
    prevBatch: room.prevBatch ?? before?.prevBatch ?? null,
  });
  if (before?.membership !== membership) outcome.changedRooms.add(roomId);
  if (work.isStartingOver) store.rooms.clearState(roomId);

  const timelineState = room.timeline.filter((raw) => asString(asRecord(raw)['state_key']) !== undefined);
  applyState(roomId, room.isStateAfter ? room.state : [...room.state, ...timelineState], work);
  for (const raw of room.accountData) {
    const type = asString(asRecord(raw)['type']);
    if (type === undefined) continue;
    store.accountData.setForRoom(roomId, type, asRecord(raw));
    if (type === 'm.tag') outcome.changedRooms.add(roomId);
  }

  if (isSilent(roomId, store)) return;
  const isBridged = isBridgedRoom(roomId, work);
  const joinedMs = wasJoined ? (isBridged ? ownJoinMs(roomId, work) : null) : joinedAtMs(room, selfId, nowMs);
  const originOf = originFor(work, joinedMs);
  const { older, news } = work.isStartingOver || isBack ? untoldOf(store, roomId, room.timeline, nowMs) : { older: [], news: room.timeline };
  const input = { store, outcome, selfId, roomId, nowMs };
  const events = [...applyTimeline({ ...input, originOf: () => 'history' }, older), ...applyTimeline({ ...input, originOf }, news)];
  if (wasJoined && !work.isFirstSync) noteUpgrade(roomId, events, work);
  // What has something known in it goes on from there.
  if (room.isLimited && (wasJoined || isBack) && !work.isFirstSync && older.length + news.length === room.timeline.length) noteGap(room, events, work);
  // The server counts what a bridge brings of earlier days as new; there the engine counts.
  noteActivity(roomId, events, isBridged ? null : room.unreadCount, work);
  for (const raw of room.ephemeral) {
    const { type, content } = asRecord(raw);
    if (type === 'm.typing') applyTyping(work.typing, outcome, selfId, roomId, content);
    if (type === 'm.receipt') applyReceipts(store, outcome, selfId, roomId, content, nowMs);
  }
};

const isBridgedRoom = (roomId: string, { store, selfId }: RoomWork): boolean => {
  const room = store.rooms.get(roomId);
  return room !== null && bridgeOfRoom(store, room, selfId) !== null;
};

/** Bridges bring what was said before we came, dated back, at any later time. */
const ownJoinMs = (roomId: string, { store, selfId, nowMs }: RoomWork): number | null => {
  const event = readRoomEvent(store.rooms.stateEvent(roomId, 'm.room.member', selfId), nowMs);
  return event?.sentAtMs ?? null;
};

/** Spaces are no conversations, and a room that we left before the engine heard of it never will be one. */
const isSilent = (roomId: string, store: MatrixStore): boolean => {
  const room = store.rooms.get(roomId);
  // What we only asked to enter is no conversation yet.
  return room === null || isSpace(store, room) || room.membership === 'requested' || (room.membership === 'left' && room.emitted === null);
};

/** When we joined, so that what was said before counts as history. */
const joinedAtMs = (room: JoinedRoom, selfId: string, nowMs: number): number => {
  const own = [...room.state, ...room.timeline]
    .map((raw) => readRoomEvent(raw, nowMs))
    .findLast((event) => event?.type === 'm.room.member' && event.stateKey === selfId);
  return own?.sentAtMs ?? nowMs;
};

const originFor = (work: RoomWork, joinedMs: number | null) => {
  return (sentAtMs: number): MessageOrigin => {
    if (work.isFirstSync || (joinedMs !== null && sentAtMs < joinedMs)) return 'history';
    return work.isCatchingUp ? 'catchup' : 'live';
  };
};

/** The room goes on elsewhere: told as it happens, or while we were away, never of a room found upgraded long ago. */
const noteUpgrade = (roomId: string, events: readonly RoomEvent[], { outcome }: RoomWork): void => {
  const tombstone = events.findLast((event) => event.type === 'm.room.tombstone' && event.stateKey === '');
  const successor = tombstone?.content['replacement_room'];
  if (tombstone === undefined || !isRoomId(successor)) return;
  outcome.followUps.push({ kind: 'upgraded', roomId, successor, via: serverOfUser(tombstone.sender) });
};

const noteGap = (room: JoinedRoom, events: readonly RoomEvent[], { store, outcome }: RoomWork): void => {
  if (room.prevBatch === null) return;
  const firstMessage = events.find((event) => store.events.find(event.eventId)?.kind === 'message') ?? events[0];
  if (firstMessage === undefined) return;
  const gap = { before: firstMessage.eventId, cursor: room.prevBatch };
  store.markers.addGap(room.roomId, gap);
  outcome.afterwards.push({
    type: 'gap.upserted',
    conversationId: conversationOf(room.roomId),
    before: messageOf(gap.before),
    cursor: gap.cursor,
  });
};

/** Time of the last message, and the server's unread count: told after the messages it counts. */
const noteActivity = (roomId: string, events: readonly RoomEvent[], unreadCount: number | null, work: RoomWork): void => {
  const { store, outcome } = work;
  const room = store.rooms.get(roomId);
  if (room === null) return;
  const messages = events.filter((event) => store.events.find(event.eventId)?.kind === 'message');
  const lastMs = Math.max(room.activeAtMs ?? 0, ...messages.map((event) => event.sentAtMs));
  const activeAtMs = lastMs > 0 ? lastMs : (room.activeAtMs ?? events.at(-1)?.sentAtMs ?? null);
  const isCountNews = unreadCount !== null && (unreadCount !== room.unreadCount || messages.length > 0);
  store.rooms.patch(roomId, { activeAtMs, ...(unreadCount === null ? {} : { unreadCount }) });
  if (isCountNews && room.emitted !== null) {
    outcome.afterwards.push({ type: 'conversation.patched', conversationId: conversationOf(roomId), patch: { unreadCount } });
  }
};

/** What a conversation is that nobody said anything else about: no news for rooms from before we looked at it. */
const unset: ReadonlyMap<string, unknown> = new Map<string, unknown>([['isPinned', false], ['notify', 'all']]);

/** Spaces as folders, told anew whenever one of them changed. */
const sayFolders = ({ store, outcome }: RoomWork): void => {
  const isConcerned = [...outcome.changedRooms].some((roomId) => {
    const room = store.rooms.get(roomId);
    return room !== null && isSpace(store, room);
  });
  if (!isConcerned) return;
  const folders = readFolders(store);
  const told = JSON.stringify(folders);
  if ((store.settings.get('folders') ?? '[]') === told) return;
  store.settings.set('folders', told);
  outcome.afterwards.push({ type: 'folders.replaced', folders });
};

/** Tells the engine what is new about a conversation: all of it the first time, afterwards what changed. */
const sayConversation = (roomId: string, work: RoomWork): void => {
  const { store, outcome, selfId } = work;
  const room = store.rooms.get(roomId);
  if (room === null || isSilent(roomId, store)) return;
  const conversation = describeConversation(store, room, selfId);
  const { activeAtMs: _activeAtMs, unreadCount: _unreadCount, remoteId, ...lasting } = conversation;
  const told = room.emitted === null ? null : asRecord(JSON.parse(room.emitted));
  // Of a room we are not in any more the server tells nothing: what it was called stays as it was.
  const isNameKnown = told === null || room.membership !== 'left';
  const news = isNameKnown ? lasting : { ...told, membership: lasting.membership };
  const isSame = (name: string, value: unknown): boolean =>
    JSON.stringify(told?.[name]) === JSON.stringify(value) || (told !== null && told[name] === undefined && unset.get(name) === value);
  const changed = Object.entries(news).filter(([name, value]) => !isSame(name, value));
  if (changed.length === 0) return;
  store.rooms.patch(roomId, { emitted: JSON.stringify(news) });
  if (conversation.peerId !== undefined) noteSender(store, outcome, selfId, conversation.peerId);
  outcome.conversations.push(
    told === null
      ? { type: 'conversation.upserted', conversation }
      : { type: 'conversation.patched', conversationId: remoteId, patch: Object.fromEntries(changed) },
  );
};

/** State events that a page of history brought along: members of the time. Only unknown people are taken over. */
export const applyHistoryState = (raw: unknown, store: MatrixStore, outcome: Outcome, selfId: string): void => {
  for (const item of asArray(raw)) {
    const event: JsonRecord = asRecord(item);
    const userId = event['state_key'];
    if (event['type'] !== 'm.room.member' || !isUserId(userId) || store.people.isKnown(userId)) continue;
    const displayName = asName(asRecord(event['content'])['displayname']);
    notePerson(store, outcome, selfId, { userId, displayName, atMs: 0 });
  }
};
