import { Menu, Tray } from 'electron';
import { log } from '../log.ts';
import { trayIcon } from './icons.ts';
import type { ShellTexts } from './texts.ts';

export interface TrayActions {
  open(): void;
  quit(): void;
}

export interface AppTray {
  setTexts(texts: ShellTexts): void;
  setUnreadCount(count: number): void;
  /** How many networks are out. */
  setAlertCount(count: number): void;
}

/** The app's place in the system tray, where it stays when its window is closed. */
export const createTray = (actions: TrayActions, initialTexts: ShellTexts): AppTray => {
  const tray = openTray();
  let texts = initialTexts;
  let unreadCount = 0;
  let alertCount = 0;
  const words = (): string =>
    [...(unreadCount > 0 ? [texts.unread(unreadCount)] : []), ...(alertCount > 0 ? [texts.networksOut(alertCount)] : [])].join(', ');
  const render = (): void => {
    tray?.setImage(trayIcon(unreadCount > 0));
    tray?.setToolTip(words() === '' ? 'Palomar' : `Palomar: ${words()}`);
    tray?.setContextMenu(
      Menu.buildFromTemplate([
        { label: texts.open, click: () => actions.open() },
        { type: 'separator' },
        { label: texts.quit, click: () => actions.quit() },
      ]),
    );
  };
  tray?.on('click', () => actions.open());
  render();
  return {
    setTexts(next) {
      texts = next;
      render();
    },
    setUnreadCount(count) {
      if (count === unreadCount) return;
      unreadCount = count;
      render();
    },
    setAlertCount(count) {
      if (count === alertCount) return;
      alertCount = count;
      render();
    },
  };
};

/** Some desktops have no tray; the app then is found again by starting it a second time. */
const openTray = (): Tray | null => {
  try {
    return new Tray(trayIcon(false));
  } catch (error) {
    log('there is no system tray', error);
    return null;
  }
};
