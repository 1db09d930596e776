import { app, type WebContents } from 'electron';
import { appUrl } from '../app-protocol/app-origin.ts';
import { log } from '../log.ts';
import { openLink } from '../links/open-link.ts';
import { isCaughtPage } from '../page-catch/catch-session.ts';

/**
 * A page of a network that somebody signs in to, in a session that is thrown away: it moves about on https, and what
 * it wants to open in a window of its own opens in the one there is.
 */
const lockCaughtPage = (contents: WebContents): void => {
  const stayOnHttps = (event: { preventDefault(): void; readonly url: string }): void => {
    if (!event.url.startsWith('https:')) event.preventDefault();
  };
  contents.on('will-navigate', stayOnHttps);
  contents.on('will-redirect', stayOnHttps);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (url.startsWith('https:')) void contents.loadURL(url).catch(() => undefined);
    return { action: 'deny' };
  });
  contents.on('login', (event) => event.preventDefault());
  contents.on('select-client-certificate', (event) => event.preventDefault());
};

/** Every page that ever comes to be stays where it is: no navigation, no second window, no embedded page. */
export const lockAllContents = (): void => {
  app.on('web-contents-created', (_event, contents) => (isCaughtPage(contents) ? lockCaughtPage(contents) : lockContents(contents)));
};

const lockContents = (contents: WebContents): void => {
  const stay = (event: { preventDefault(): void; readonly url: string }): void => {
    // Reloading is no move.
    if (event.url === appUrl && contents.getURL() === appUrl) return;
    event.preventDefault();
    log('refused a navigation');
  };
  contents.on('will-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    // A link with a target goes outside by the same gateway as every other link.
    if (/^(?:https?|mailto|tel|xmpp|matrix):/i.test(url)) openAfterClick(url);
    return { action: 'deny' };
  });
  contents.on('login', (event) => event.preventDefault());
  contents.on('select-client-certificate', (event) => event.preventDefault());
};

let lastOpenedAtMs = 0;

/** One at a time: a page that was taken over must not open a thousand windows of the browser. */
const openAfterClick = (url: string): void => {
  const nowMs = Date.now();
  if (nowMs - lastOpenedAtMs < 1_000) return;
  lastOpenedAtMs = nowMs;
  void openLink(url);
};
