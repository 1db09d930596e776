import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { basename, isAbsolute, resolve } from 'node:path';
import { RpcFailure } from '../rpc/rpc-failure.ts';

/** Folders a person chose in a dialog of the system. A page only ever holds the token. */
export interface FolderTokens {
  /** @throws RpcFailure `not-found` when it is no folder */
  readonly give: (path: string) => { readonly token: string; readonly label: string };
  /** The path behind a token of this run, or null. */
  readonly pathOf: (token: string) => string | null;
}

export const createFolderTokens = (salt: string): FolderTokens => {
  const paths = new Map<string, string>();
  return {
    give: (given) => {
      const path = resolve(given);
      const isFolder = isAbsolute(given) && (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
      if (!isFolder) throw new RpcFailure('not-found', 'no such folder');
      const token = createHash('sha256').update(`${salt} ${path}`).digest('base64url');
      paths.set(token, path);
      return { token, label: basename(path) || path };
    },
    pathOf: (token) => paths.get(token) ?? null,
  };
};
