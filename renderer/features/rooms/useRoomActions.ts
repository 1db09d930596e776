import { computed, shallowRef, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import type { RoomRank } from '#model';
import { toRpcError, useEngine, type ConversationId, type RoomMemberRow, type RoomTarget, type RpcError } from '../../rpc/index.ts';
import { useToasts } from '../../ui/useToasts.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { useRefusal } from './useRefusal.ts';

/** A question that waits for an answer: a line of text, or a reason. */
export type RoomQuestion =
  | { readonly kind: 'topic' | 'name' | 'nickname'; readonly value: string }
  | { readonly kind: 'invite' | 'destroy' | 'settings' | 'register' }
  | { readonly kind: 'kick' | 'ban'; readonly member: RoomMemberRow };

export interface RoomActions {
  readonly question: Ref<RoomQuestion | null>;
  readonly problem: Readonly<Ref<string | undefined>>;
  readonly isBusy: Readonly<Ref<boolean>>;
  ask(question: RoomQuestion): void;
  /** The person answered the question that is open. */
  answer(line: string, more?: string): Promise<void>;
  setVoice(member: RoomMemberRow, hasVoice: boolean): void;
  /** Answers a member who asks to speak. */
  answerVoice(member: RoomMemberRow, isAllowed: boolean): void;
  setRank(member: RoomMemberRow, rank: RoomRank): void;
}

/** What may be done with a room and the people in it; what is refused is told where it was asked. */
export const useRoomActions = (id: () => ConversationId): RoomActions => {
  const { t } = useI18n();
  const engine = useEngine();
  const toasts = useToasts();
  const refusal = useRefusal();
  const question = shallowRef<RoomQuestion | null>(null);
  const error = shallowRef<RpcError | null>(null);
  const isBusy = shallowRef(false);

  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    isBusy.value = true;
    error.value = null;
    try {
      await work();
      return true;
    } catch (thrown) {
      error.value = toRpcError(thrown);
      return false;
    } finally {
      isBusy.value = false;
    }
  };
  const quietly = async (work: () => Promise<unknown>): Promise<void> => {
    if (!(await run(work))) toasts.show({ text: refusal(error.value) ?? '', tone: 'problem' });
  };
  const targetOf = ({ id: memberId, address }: RoomMemberRow): RoomTarget => (memberId !== null ? { memberId } : { address: address ?? '' });

  const act = (asked: RoomQuestion, line: string, more: string): Promise<unknown> => {
    const room = { id: id() };
    switch (asked.kind) {
      case 'topic':
        return engine.call('rooms.setTopic', { ...room, topic: line });
      case 'name':
        return engine.call('rooms.rename', { ...room, name: line });
      case 'nickname':
        return engine.call('rooms.setNickname', { ...room, nickname: line });
      case 'invite':
        return engine.call('rooms.invite', { ...room, address: line, reason: more });
      case 'destroy':
        return engine.call('rooms.destroy', { ...room, reason: line });
      case 'kick':
        return asked.member.id === null ? Promise.resolve() : engine.call('rooms.kick', { ...room, memberId: asked.member.id, reason: line });
      case 'ban':
        return engine.call('rooms.setRank', { ...room, who: targetOf(asked.member), rank: 'banned', reason: line });
      case 'settings':
      case 'register':
        return Promise.resolve();
    }
  };

  return {
    question,
    problem: computed(() => refusal(error.value)),
    isBusy,
    ask: (asked) => {
      error.value = null;
      question.value = asked;
    },
    answer: async (line, more = '') => {
      const asked = question.value;
      if (asked === null || !(await run(() => act(asked, line, more)))) return;
      question.value = null;
      if (asked.kind === 'invite') toasts.show({ text: t('rooms.invited', { address: visibleText(line) }), tone: 'note' });
    },
    setVoice: (member, hasVoice) => {
      const { id: memberId } = member;
      if (memberId !== null) void quietly(() => engine.call('rooms.setVoice', { id: id(), memberId, hasVoice }));
    },
    answerVoice: ({ id: memberId }, isAllowed) => {
      if (memberId !== null) void quietly(() => engine.call('rooms.answerVoice', { id: id(), memberId, isAllowed }));
    },
    setRank: (member, rank) => {
      void quietly(() => engine.call('rooms.setRank', { id: id(), who: targetOf(member), rank, reason: '' }));
    },
  };
};
