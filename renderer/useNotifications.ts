import { watch } from 'vue';
import { useEvent, useSession, useShell } from './rpc/index.ts';

/**
 * Unread count to the shell; in browser mode also the notifications themselves (Electron's host shows its own).
 * Title and body come from the engine already cleaned to one plain line each.
 */
export const useNotifications = (open: (conversationId: number) => void): void => {
  const session = useSession();
  const shell = useShell();
  watch(() => session.totalUnread, (count) => shell.window.setUnreadCount(count), { immediate: true });
  shell.window.onNavigate(({ conversationId }) => open(conversationId));

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
