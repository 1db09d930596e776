import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { RpcFailure } from '../rpc/rpc-failure.ts';

/** Folders a person chose in a dialog of the system. A page only ever holds the token. */
export interface FolderTokens {
  /** @throws RpcFailure `not-found` when it is no folder */
  readonly give: (path: string) => { readonly token: string; readonly label: string };
  /** The path behind a token of this run, or null. */
  readonly pathOf: (token: string) => string | null;
}

export interface FolderTokenOptions {
  /** Makes tokens unguessable. */
  readonly salt: string;
  /** Browser mode has no dialog: there a person types the path instead, and it is a token of its own. */
  readonly acceptsTypedPaths: boolean;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** `~` is the home folder, as a person who types it expects. */
const typedPath = (text: string): string | null => {
  const path = text === '~' || text.startsWith('~/') ? join(homedir(), text.slice(1)) : text;
  const isUsable = isAbsolute(path) && !path.includes('\0') && isFolder(path);
  return isUsable ? resolve(path) : null;
};

export const createFolderTokens = ({ salt, acceptsTypedPaths }: FolderTokenOptions): FolderTokens => {
  const paths = new Map<string, string>();
  return {
    give: (given) => {
      const path = resolve(given);
      if (!isAbsolute(given) || !isFolder(path)) throw new RpcFailure('not-found', 'no such folder');
      const token = createHash('sha256').update(`${salt} ${path}`).digest('base64url');
      paths.set(token, path);
      return { token, label: basename(path) || path };
    },
    pathOf: (token) => paths.get(token) ?? (acceptsTypedPaths ? typedPath(token.trim()) : null),
  };
};
