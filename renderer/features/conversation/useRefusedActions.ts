import { useI18n } from 'vue-i18n';
import { useEvent, type ConversationId } from '../../rpc/index.ts';
import { useFaultText } from '../../i18n/useFaultText.ts';
import { useToasts } from '../../ui/useToasts.ts';

const lastsMs = 12_000;

/** An edit, deletion or reaction that went back must not do so in silence. */
export const useRefusedActions = (open: (conversationId: ConversationId, messageId: number) => void): void => {
  const { t } = useI18n();
  const toasts = useToasts();
  const faultText = useFaultText();
  useEvent('action.refused', ({ conversationId, messageId, action, fault }) => {
    const text = t(`chat.refused.${action}`, { reason: faultText(fault) });
    toasts.show({ text, tone: 'problem', actionLabel: t('crm.showQueue'), act: () => open(conversationId, messageId) }, lastsMs);
  });
};
