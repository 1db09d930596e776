import { BrowserWindow } from 'electron';
import type { PageCatch } from '#model';
import { createDeferred } from '../engine-process/deferred.ts';
import { log } from '../log.ts';
import { parseUrl } from '../parse-url.ts';
import { pagePreferences } from '../security/page-preferences.ts';
import { makeCatchSession, wipe } from './catch-session.ts';
import { createValueFinder } from './find-values.ts';

type Caught = Readonly<Record<string, string>> | null;

export interface PageCatcher {
  /** @returns null when the window was closed before all was there, or when one is open already */
  catch(wish: PageCatch, parent: BrowserWindow | null): Promise<Caught>;
  close(): void;
}

/** Values in storage come without a word. */
const lookMs = 1_000;
const longestMs = 30 * 60_000;

/** The address of the page, in the frame that the system draws: no page can write there. */
const titleOf = (address: string): string => {
  const url = parseUrl(address);
  return url === null ? 'Palomar' : `${url.origin} – Palomar`;
};

const openWindow = (wish: PageCatch, parent: BrowserWindow | null, used: Electron.Session): BrowserWindow => {
  const window = new BrowserWindow({
    ...(parent === null ? {} : { parent }),
    width: 520,
    height: 720,
    title: titleOf(wish.url),
    autoHideMenuBar: true,
    fullscreenable: false,
    webPreferences: {
      ...pagePreferences,
      session: used,
      disableDialogs: true,
      devTools: false,
    },
  });
  window.setMenu(null);
  window.on('page-title-updated', (event) => event.preventDefault());
  window.on('enter-full-screen', () => window.setFullScreen(false));
  const { webContents } = window;
  const show = (): void => window.setTitle(titleOf(webContents.getURL()));
  webContents.on('did-navigate', show);
  webContents.on('did-navigate-in-page', show);
  // A page may wish to stay open; whoever closes the window decides.
  webContents.on('will-prevent-unload', (event) => event.preventDefault());
  return window;
};

/** Shows pages of networks to sign in to, one at a time, each in a session that is wiped when its window goes. */
export const createPageCatcher = (): PageCatcher => {
  let open: BrowserWindow | null = null;

  const run = async (wish: PageCatch, parent: BrowserWindow | null): Promise<Caught> => {
    const used = makeCatchSession(wish.userAgent);
    const window = openWindow(wish, parent, used);
    open = window;
    const { webContents } = window;
    const ended = createDeferred<Caught>();
    let isLooking = false;
    let latest: Caught = null;
    const look = async (): Promise<void> => {
      if (isLooking || window.isDestroyed()) return;
      isLooking = true;
      const found = await finder.find(webContents).catch(() => null);
      isLooking = false;
      latest = found?.values ?? null;
      if (found?.isThere === true) ended.resolve(found.values);
    };
    const finder = createValueFinder(used, wish, () => void look());
    webContents.on('did-navigate', () => void look());
    webContents.on('did-navigate-in-page', () => void look());
    webContents.on('did-finish-load', () => void look());
    // Whoever closes the window after all is there has signed in, too.
    window.once('closed', () => ended.resolve(latest));
    const timer = setInterval(() => void look(), lookMs);
    const limit = setTimeout(() => ended.resolve(null), longestMs);
    window.loadURL(wish.url).catch((error: unknown) => log('a page could not be loaded', error));
    try {
      return await ended.promise;
    } finally {
      clearInterval(timer);
      clearTimeout(limit);
      if (!window.isDestroyed()) window.destroy();
      await wipe(used);
      open = null;
    }
  };

  return {
    catch: async (wish, parent) => (open === null ? await run(wish, parent) : null),
    close: () => open?.close(),
  };
};
