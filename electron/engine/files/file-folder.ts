import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The profile's files: each under a random name that says nothing and that nobody outside can choose. */
export interface FileFolder {
  /** A new name, and a path to write its bytes to before they are kept. */
  readonly draft: () => { readonly fileName: string; readonly path: string };
  /** Keeps what was written to a draft (or staged elsewhere on the same disk) under its name. */
  readonly keep: (fileName: string, from: string) => void;
  readonly pathOf: (fileName: string) => string;
  readonly remove: (fileNames: readonly string[]) => void;
  /** Deletes drafts and files that nothing refers to: what a kill in the middle leaves behind. */
  readonly sweep: (isKnown: (fileName: string) => boolean) => number;
}

const namePattern = /^[0-9a-f]{32}$/;

export const createFileFolder = (profileDir: string): FileFolder => {
  const folder = join(profileDir, 'files');
  const drafts = join(folder, 'drafts');
  mkdirSync(drafts, { recursive: true, mode: 0o700 });

  const pathOf = (fileName: string): string => {
    // Names come from the database, which a stranger may have prepared.
    if (!namePattern.test(fileName)) throw new Error('not a name of a stored file');
    return join(folder, fileName.slice(0, 2), fileName);
  };

  return {
    draft: () => {
      const fileName = randomBytes(16).toString('hex');
      return { fileName, path: join(drafts, fileName) };
    },
    keep: (fileName, from) => {
      const path = pathOf(fileName);
      mkdirSync(join(folder, fileName.slice(0, 2)), { recursive: true, mode: 0o700 });
      renameSync(from, path);
    },
    pathOf,
    remove: (fileNames) => {
      for (const fileName of fileNames) rmSync(pathOf(fileName), { force: true });
    },
    sweep: (isKnown) => {
      const leftOvers = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
        (entry) => entry.isFile() && (entry.parentPath === drafts || !isKnown(entry.name)),
      );
      for (const entry of leftOvers) rmSync(join(entry.parentPath, entry.name), { force: true });
      return leftOvers.length;
    },
  };
};
