import type { Session } from 'electron';
import { isAppUrl } from '../app-protocol/app-origin.ts';
import { log } from '../log.ts';
import { isPermissionGranted } from './permission-policy.ts';

/** Closes a session: no permission beyond our two, no request beyond our own scheme, no device, no dictionary. */
export const lockSession = (session: Session): void => {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(isPermissionGranted(permission, details.requestingUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, origin) => isPermissionGranted(permission, origin));
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const isAllowed = isLocalUrl(url);
    if (!isAllowed) log('refused a request of the page to the network');
    answer({ cancel: !isAllowed });
  });
  session.on('will-download', (event, item) => {
    // Only files that the person saves out of a conversation; the system asks where to.
    if (!isSavedFile(item.getURL())) event.preventDefault();
  });
};

/** `devtools:` is Electron's own; blob and data are bytes the page already has. */
const isLocalUrl = (url: string): boolean => isAppUrl(url) || /^(?:blob|data|devtools):/.test(url);

const isSavedFile = (url: string): boolean =>
  (isAppUrl(url) && new URL(url).pathname.startsWith('/files/')) || url.startsWith('blob:palomar://app/');
