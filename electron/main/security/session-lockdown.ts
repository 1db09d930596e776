import type { Session } from 'electron';
import { isAppUrl } from '../app-protocol/app-origin.ts';
import { log } from '../log.ts';
import type { MicrophoneGate } from './microphone-gate.ts';
import { isMicrophoneOnly, isPermissionGranted } from './permission-policy.ts';

/** Closes a session: no permission beyond our two and the microphone for one click, no request beyond our own scheme, no device, no dictionary. */
export const lockSession = (session: Session, microphone: MicrophoneGate): void => {
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    const kinds = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    const isMicrophone = isMicrophoneOnly(permission, kinds, details.requestingUrl);
    answer(isMicrophone ? microphone.take() : isPermissionGranted(permission, details.requestingUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, origin, details) =>
    isMicrophoneOnly(permission, [details.mediaType], origin) ? microphone.isOpen() : isPermissionGranted(permission, origin),
  );
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
