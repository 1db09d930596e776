import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, rename, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from './folder-fault.ts';

/**
 * Puts a file in place as a whole or not at all, on the disk when it resolves, and never over another one: of two
 * writers one wins, the other is told `false`. A kill leaves at most a `.part` file.
 * @param fill writes the content into the open file
 */
export async function writeOnce(path: string, fill: (file: FileHandle) => Promise<void>): Promise<boolean> {
  return withPart(path, fill, async (part) => {
    try {
      await link(part, path);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      // Some file systems (FAT, some shares) have no hard links; then the exclusive copy is made by hand.
      if (codeOf(error) === 'EPERM' || codeOf(error) === 'ENOTSUP' || codeOf(error) === 'ENOSYS') return renameIfFree(part, path);
      throw error;
    }
  });
}

/** Like {@link writeOnce}, but in place of what was there: for files that are made anew from others. */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await withPart(path, (file) => file.writeFile(content), async (part) => {
    await rename(part, path);
    return true;
  });
}

async function withPart(
  path: string,
  fill: (file: FileHandle) => Promise<void>,
  place: (part: string) => Promise<boolean>,
): Promise<boolean> {
  const part = join(dirname(path), `.${randomBytes(8).toString('hex')}.part`);
  const file = await open(part, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0), 0o600);
  try {
    try {
      await fill(file);
      await file.sync();
    } finally {
      await file.close();
    }
    const isPlaced = await place(part);
    await syncFolder(dirname(path));
    return isPlaced;
  } finally {
    await unlink(part).catch(() => undefined);
  }
}

async function renameIfFree(part: string, path: string): Promise<boolean> {
  try {
    const claim = await open(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
    await claim.close();
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  await rename(part, path);
  return true;
}

/** Windows cannot open folders; there the rename is durable by itself. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
