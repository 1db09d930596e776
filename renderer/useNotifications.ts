import { watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { useEvent, useSession, useShell } from './rpc/index.ts';
import { useNetworkName } from './useNetworkName.ts';

/**
 * Unread count to the shell; in browser mode also the notifications themselves (Electron's host shows its own).
 * Title and body come from the engine already cleaned to one plain line each.
 */
export const useNotifications = (open: (conversationId: number) => void): void => {
  const session = useSession();
  const shell = useShell();
  const { t } = useI18n();
  const nameOf = useNetworkName();
  watch(() => session.totalUnread, (count) => shell.window.setUnreadCount(count), { immediate: true });
  shell.window.onNavigate(({ conversationId }) => open(conversationId));

  useEvent('alert.raised', ({ kind, network }) => {
    if (kind === 'waiting' || shell.kind !== 'browser' || shell.notifications.permission() !== 'granted' || document.hasFocus()) return;
    const notification = new Notification('Palomar', { body: t(`services.alert.${kind}`, { network: nameOf(network), name: '' }), tag: `alert-${network}` });
    notification.addEventListener('click', () => {
      window.focus();
      notification.close();
    });
  });
  useEvent('notification.raised', ({ conversationId, title, body, isQuiet = false }) => {
    const isShown = shell.kind === 'browser' && shell.notifications.permission() === 'granted';
    if (!isShown || document.hasFocus() || session.settings.notifications === 'off') return;
    const notification = new Notification(title, { body, tag: `conversation-${conversationId}`, silent: isQuiet });
    notification.addEventListener('click', () => {
      window.focus();
      open(conversationId);
      notification.close();
    });
  });
};
