import type { RemoteAvatar } from '#model';
import { parseMediaAddress } from '../ids.ts';

/** A picture of a person or a room by its `mxc://` address; null where there is none, or no such address. */
export const avatarOf = (mxc: unknown): RemoteAvatar | null =>
  // The server makes the small version, and says what it is only then.
  typeof mxc !== 'string' || parseMediaAddress(mxc) === null ? null : { id: mxc, mime: 'image/png', source: mxc };
