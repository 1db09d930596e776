/** The two implementations that must not be told apart: fake-indexeddb in memory, untouched, and ours over SQLite. */
import { createRequire } from 'node:module';
import { loadMachinery } from '../../../../../bridges/matrix/indexeddb/machinery.ts';
import { createSqliteFactory } from '../../../../../bridges/matrix/indexeddb/sqlite-factory.ts';
import { tempFolder } from '../../../../kit/temp-folder.ts';

export interface Implementation {
  readonly name: string;
  readonly indexedDb: IDBFactory;
  readonly KeyRange: typeof IDBKeyRange;
  /** Everything of the programs' view is gone but what lies in the databases. */
  restart(): Implementation;
  end(): void;
}

const machinery = await loadMachinery();
/** The build for `require` has classes of its own, which ours does not reach into. */
const untouched = createRequire(import.meta.url)('fake-indexeddb') as { readonly IDBFactory: new () => IDBFactory; readonly IDBKeyRange: typeof IDBKeyRange };

export const inMemory = (): Implementation => {
  const self: Implementation = {
    name: 'in memory',
    indexedDb: new untouched.IDBFactory(),
    KeyRange: untouched.IDBKeyRange,
    // Memory has no restart; its databases are opened anew.
    restart: () => self,
    end: () => undefined,
  };
  return self;
};

const openFolder = (folder: string): Implementation => {
  const { factory, close } = createSqliteFactory(folder, machinery);
  return {
    name: 'in SQLite',
    indexedDb: factory as unknown as IDBFactory,
    KeyRange: machinery.KeyRange as unknown as typeof IDBKeyRange,
    restart() {
      close();
      return openFolder(folder);
    },
    end: close,
  };
};

export const inSqlite = (): Implementation => openFolder(tempFolder('indexeddb'));
