import { lstat, mkdir, realpath } from 'node:fs/promises';
import { isAbsolute, join, sep } from 'node:path';
import { Permanent } from '../errors.ts';
import { codeOf } from './folder-fault.ts';

/**
 * The chosen folder by its real path.
 * @throws Permanent `folder-missing`
 */
export async function openRoot(folder: string | undefined): Promise<string> {
  if (folder === undefined || !isAbsolute(folder)) throw new Permanent('folder-missing', { detail: 'no folder chosen' });
  const root = await realpath(folder);
  if (!(await lstat(root)).isDirectory()) throw new Permanent('folder-missing', { detail: 'not a folder' });
  return root;
}

/**
 * A folder below `parent` by its plain name, made when it is not there. A link in its place is refused: whoever can
 * write to the folder must not lead us out of it.
 */
export async function ensureFolder(parent: string, name: string): Promise<string> {
  const path = childOf(parent, name);
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  if (!(await isRealFolder(path))) throw new Permanent('folder-not-writable', { detail: `${name} is not a folder` });
  return path;
}

export async function isRealFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** @throws Permanent when `name` is more than a name */
export function childOf(parent: string, name: string): string {
  const path = join(parent, name);
  const isChild = path === `${parent.endsWith(sep) ? parent.slice(0, -1) : parent}${sep}${name}` && name !== '..' && name !== '.';
  if (!isChild || name.includes('/') || name.includes('\0')) throw new Permanent('rejected', { detail: 'not a plain name' });
  return path;
}
