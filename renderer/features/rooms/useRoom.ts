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
  useEvent('conversations.changed', ({ ids }) => {
    const room = id();
    if (room === null || (ids !== null && !ids.includes(room))) return;
    timer ??= window.setTimeout(() => {
      timer = undefined;
      void powers.reload();
      void members.reload();
    }, settleMs);
  });
  onScopeDispose(() => window.clearTimeout(timer));
  return { powers: powers.data, members: computed(() => members.data.value?.members ?? []), error: members.error, showsBanned };
};
