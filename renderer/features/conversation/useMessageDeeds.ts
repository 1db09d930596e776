import { ref, shallowRef, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useEngine, useShell, type AttachmentRow, type ConversationDetail, type MessageRow } from '../../rpc/index.ts';
import { useToasts } from '../../ui/useToasts.ts';
import { useAttempt } from '../../useAttempt.ts';
import { inspectLink } from './link-risk.ts';

/** What can be done to a message, wherever it is shown; some of it asks first (`DeedDialogs.vue`). */
export const useMessageDeeds = (detail: Readonly<Ref<ConversationDetail | null>>) => {
  const { t } = useI18n();
  const engine = useEngine();
  const shell = useShell();
  const toasts = useToasts();
  const attempt = useAttempt();

  const openedImage = shallowRef<AttachmentRow | null>(null);
  const askedLink = ref<string | null>(null);
  const removing = shallowRef<MessageRow | null>(null);
  const moderating = shallowRef<MessageRow | null>(null);

  const openLink = async (url: string): Promise<void> => {
    askedLink.value = null;
    const { isOpened } = await shell.links.open(url);
    if (!isOpened) toasts.show({ text: t('chat.linkRefused'), tone: 'problem' });
  };
  return {
    openedImage,
    askedLink,
    removing,
    moderating,
    openLink,
    followLink: (url: string): void => {
      const look = inspectLink(url);
      if (look && !look.isRisky) void openLink(url);
      else askedLink.value = url;
    },
    moderate: (reason: string): void => {
      const row = moderating.value;
      moderating.value = null;
      if (row) void attempt(engine.call('rooms.moderate', { messageId: row.id, reason }));
    },
    remove: (): void => {
      if (removing.value) void attempt(engine.call('messages.delete', { id: removing.value.id }));
    },
    togglePin: (row: MessageRow): void =>
      void attempt(engine.call('pins.set', { id: row.id, isPinned: detail.value?.pinnedIds.includes(row.id) !== true })),
    react: (row: MessageRow, emoji: string, isOn: boolean): void => void attempt(engine.call('messages.react', { id: row.id, emoji, isOn })),
    copy: (row: MessageRow): void => void navigator.clipboard?.writeText(row.text).catch(() => undefined),
    retry: (row: MessageRow): void => void attempt(engine.call('messages.retry', { id: row.id })),
    discard: (row: MessageRow): void => void attempt(engine.call('messages.discard', { id: row.id })),
  };
};

export type MessageDeeds = ReturnType<typeof useMessageDeeds>;
