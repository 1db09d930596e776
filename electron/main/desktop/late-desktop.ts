import { setMenu } from './menu.ts';
import type { ShellTexts } from './texts.ts';
import { createTray, type AppTray, type TrayActions } from './tray.ts';
import { showUnreadCount } from './unread-count.ts';

/** Tray, menu and unread count. They keep this process busy while they are made, so the first screen goes before them. */
export const createLateDesktop = (actions: TrayActions, texts: () => ShellTexts) => {
  let tray: AppTray | null = null;
  let unreadCount = 0;
  let alertCount = 0;
  return {
    furnish(): void {
      if (tray !== null) return;
      tray = createTray(actions, texts());
      setMenu(texts(), actions.quit);
      showUnreadCount(unreadCount, tray);
      tray.setAlertCount(alertCount);
    },
    /** The language may be another one now. */
    refreshTexts(): void {
      if (tray === null) return;
      tray.setTexts(texts());
      setMenu(texts(), actions.quit);
    },
    showAlerts(count: number): void {
      alertCount = count;
      tray?.setAlertCount(count);
    },
    showUnread(count: number): void {
      unreadCount = count;
      if (tray !== null) showUnreadCount(count, tray);
    },
  };
};
