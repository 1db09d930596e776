import { app } from 'electron';
import type { AppTray } from './tray.ts';

const most = 9_999;

/** Shows the number of unread messages wherever the system has a place for it: dock, launcher, tray. */
export const showUnreadCount = (count: number, tray: AppTray): void => {
  const shown = Math.min(Math.max(Math.trunc(count), 0), most);
  app.setBadgeCount(shown);
  tray.setUnreadCount(shown);
};
