import { isAppUrl } from '../app-protocol/app-origin.ts';

/** All the page ever needs; camera, microphone, location, devices, screen and the rest are refused. */
const grantedPermissions: ReadonlySet<string> = new Set(['notifications', 'clipboard-sanitized-write']);

/**
 * @param permission Electron's name for it
 * @param requester the address of the frame that asks; null when unknown
 */
export const isPermissionGranted = (permission: string, requester: string | null | undefined): boolean =>
  grantedPermissions.has(permission) && typeof requester === 'string' && isAppUrl(requester);
