import { computed, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useEngine, useEvent, useQuery, type ConversationId } from '../../rpc/index.ts';
import { useAttempt } from '../../useAttempt.ts';
import { useToasts } from '../../ui/useToasts.ts';
import { usePushes } from './usePushes.ts';

export interface Done {
  readonly isDone: Readonly<Ref<boolean>>;
  /** Done or open again; tells what is pushed by it, with a way back. */
  toggle(): Promise<void>;
}

/** Whether a conversation is finished. The other side opens it again by writing. */
export const useDone = (conversationId: () => number): Done => {
  const { t } = useI18n();
  const engine = useEngine();
  const toasts = useToasts();
  const pushes = usePushes();
  const attempt = useAttempt();
  const state = useQuery('followUp.doneState', () => ({ conversationId: conversationId() as ConversationId }));
  useEvent('conversations.changed', ({ ids }) => (ids === null || ids.some((id) => id === conversationId())) && void state.reload());
  const isDone = computed(() => state.data.value?.isDone ?? false);

  const set = async (): Promise<void> => {
    // Pressed before it was known: what stands there decides, not what the button looks like.
    if (state.data.value === null) await state.reload();
    const answer = await engine.call('followUp.setDone', { conversationId: conversationId() as ConversationId, isDone: !isDone.value });
    await state.reload();
    if (!answer.isDone) return;
    const needsYou = answer.pushes.some((push) => push.state === 'needs-you');
    toasts.show({ text: t(needsYou ? 'followUp.needsYouToast' : 'followUp.doneToast'), tone: 'note' });
    for (const push of answer.pushes) if (push.state !== 'needs-you') pushes.announce(push);
  };
  return { isDone, toggle: () => attempt(set()) };
};
