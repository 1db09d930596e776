import { chmodSync, closeSync, openSync } from 'node:fs';

/**
 * Takes everybody else's rights on a file away; a folder that a person chose for the profile may be open to others.
 * @param isNeeded make an empty one when it is absent, so that it never exists with other rights
 */
export function makePrivate(path: string, isNeeded: boolean): void {
  if (isNeeded) closeSync(openSync(path, 'a', 0o600));
  try {
    chmodSync(path, 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
