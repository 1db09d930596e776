import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface PushedFolder {
  readonly name: string;
  /** The texts of the notes, oldest first. */
  readonly notes: readonly string[];
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly html: string;
}

interface StoredConversation {
  readonly notes: readonly { readonly text: string }[];
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}

/** What pushes have written, read as any other program would; with each file hashed again from its bytes. */
export const readPushedFolders = async (root: string): Promise<readonly PushedFolder[]> => {
  const names = (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => {
      const folder = join(root, name);
      const stored = JSON.parse(await readFile(join(folder, 'conversation.json'), 'utf8')) as StoredConversation;
      const files = await Promise.all(
        stored.files.map(async (file) => {
          const bytes = await readFile(join(folder, 'attachments', file.name));
          return { name: file.name, sha256: createHash('sha256').update(bytes).digest('hex') };
        }),
      );
      return { name, notes: stored.notes.map(({ text }) => text), files, html: await readFile(join(folder, 'conversation.html'), 'utf8') };
    }),
  );
};
