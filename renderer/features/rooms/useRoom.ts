import { computed, onScopeDispose, shallowRef, type Ref } from 'vue';
import type { RoomPowers } from '#model';
import { useEngine, useEvent, useQuery, type ConversationId, type RoomMemberRow, type RpcError } from '../../rpc/index.ts';

export interface RoomState {
  readonly powers: Ref<RoomPowers | null>;
  readonly members: Readonly<Ref<readonly RoomMemberRow[]>>;
  readonly error: Readonly<Ref<RpcError | null>>;
  readonly showsBanned: Ref<boolean>;
}

const settleMs = 300;
/** A message changes the row of its conversation too, and hardly ever who is in the room. */
const afterMessageMs = 10_000;

/** What we may do in a room and who is in it, asked again a moment after something about it changed. */
export const useRoom = (id: () => ConversationId | null): RoomState => {
  useEngine();
  const showsBanned = shallowRef(false);
  const powers = useQuery('rooms.powers', () => {
    const room = id();
    return room === null ? null : { id: room };
  });
  const members = useQuery('rooms.members', () => {
    const room = id();
    return room === null ? null : { id: room, includeBanned: showsBanned.value };
  });
  let timer: number | undefined;
  let dueAtMs = 0;
  let isAboutMessage = false;
  const reloadIn = (delayMs: number): void => {
    const wantedAtMs = Date.now() + delayMs;
    if (timer !== undefined && dueAtMs <= wantedAtMs) return;
    window.clearTimeout(timer);
    dueAtMs = wantedAtMs;
    timer = window.setTimeout(() => {
      timer = undefined;
      void powers.reload();
      void members.reload();
    }, delayMs);
  };
  // Of one batch the messages are told first, then the rows.
  useEvent('messages.changed', ({ conversationId }) => {
    if (conversationId !== id()) return;
    isAboutMessage = true;
    window.setTimeout(() => (isAboutMessage = false));
  });
  useEvent('conversations.changed', ({ ids }) => {
    const room = id();
    if (room === null || (ids !== null && !ids.includes(room))) return;
    reloadIn(isAboutMessage ? afterMessageMs : settleMs);
  });
  onScopeDispose(() => window.clearTimeout(timer));
  return { powers: powers.data, members: computed(() => members.data.value?.members ?? []), error: members.error, showsBanned };
};
