import { loadMachinery } from './machinery.ts';
import { createSqliteFactory } from './sqlite-factory.ts';

export interface InstalledIndexedDb {
  /** Closes the files; `indexedDB` must not be used afterwards. */
  close(): void;
}

/**
 * Gives this thread an `indexedDB` that keeps its databases as SQLite files in `folder`, with everything else of the
 * specification that matrix-sdk-crypto-wasm looks for on `globalThis`. One thread, one account, one folder.
 * @throws when another process uses the folder (`SQLITE_BUSY`)
 */
export async function installIndexedDb(folder: string): Promise<InstalledIndexedDb> {
  const machinery = await loadMachinery();
  const { factory, close } = createSqliteFactory(folder, machinery);
  for (const [name, value] of Object.entries({ ...machinery.globals, indexedDB: factory })) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
  return { close };
}
