import { isAppUrl } from '../app-protocol/app-origin.ts';

/** All the page ever needs by itself; camera, location, devices, screen and the rest are refused, the microphone without a click. */
const grantedPermissions: ReadonlySet<string> = new Set(['notifications', 'clipboard-sanitized-write']);

/**
 * @param permission Electron's name for it
 * @param requester the address of the frame that asks; null when unknown
 */
export const isPermissionGranted = (permission: string, requester: string | null | undefined): boolean =>
  grantedPermissions.has(permission) && typeof requester === 'string' && isAppUrl(requester);

/** Whether a request for media is one for sound alone, by our own page: what a click on the record button may open. */
export const isMicrophoneOnly = (permission: string, kinds: readonly (string | undefined)[], requester: string | null | undefined): boolean =>
  permission === 'media' && kinds.length > 0 && kinds.every((kind) => kind === 'audio') && typeof requester === 'string' && isAppUrl(requester);
