import { randomUUID } from 'node:crypto';
import { session, type Session, type WebContents } from 'electron';

const sessions = new WeakSet<Session>();

/** Whether a page lives in a session that is thrown away: it may move about, on https. */
export const isCaughtPage = (contents: WebContents): boolean => sessions.has(contents.session);

/** A session of its own in memory, without any right: nothing of the app's is in it, nothing of it stays. */
export const makeCatchSession = (userAgent: string | undefined): Session => {
  // No `persist:` before the name: it never touches the disk.
  const made = session.fromPartition(`page-catch-${randomUUID()}`, { cache: false });
  sessions.add(made);
  made.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  made.setPermissionCheckHandler(() => false);
  made.setDevicePermissionHandler(() => false);
  made.setSpellCheckerEnabled(false);
  made.on('will-download', (event) => event.preventDefault());
  made.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !/^(?:https|wss|data|blob):/u.test(url) }));
  if (userAgent !== undefined) made.setUserAgent(userAgent);
  return made;
};

/** Wipes all that a page left. */
export const wipe = async (used: Session): Promise<void> => {
  used.webRequest.onBeforeSendHeaders(null);
  await Promise.allSettled([used.clearStorageData(), used.clearCache(), used.clearAuthCache(), used.closeAllConnections()]);
};
