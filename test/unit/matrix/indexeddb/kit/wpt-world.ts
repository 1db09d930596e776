import type { Implementation } from './implementations.ts';
import { done, finished } from './requests.ts';

/** What a case of the web-platform tests works with. */
export interface World extends Pick<Implementation, 'indexedDb' | 'KeyRange'> {
  /** Opens `db`; the upgrade runs where the version is higher. */
  open(upgrade?: (db: IDBDatabase, transaction: IDBTransaction) => void, version?: number, name?: string): Promise<IDBDatabase>;
  /** With a store `s` of keys outside the values. */
  openStore(options?: IDBObjectStoreParameters): Promise<IDBDatabase>;
  /** Runs `act` on the store in a writing transaction; how that ended. */
  write(db: IDBDatabase, act: (store: IDBObjectStore, transaction: IDBTransaction) => void): Promise<string>;
  /** Everything in the store. */
  all(db: IDBDatabase): Promise<unknown[]>;
  /** Lets everything that is queued happen. */
  turns(): Promise<void>;
}

export const worldOf = ({ indexedDb, KeyRange }: Implementation): World => {
  const open: World['open'] = (upgrade = () => undefined, version = undefined, name = 'db') => {
    const request = indexedDb.open(name, version);
    request.addEventListener('upgradeneeded', () => {
      if (request.transaction !== null) upgrade(request.result, request.transaction);
    });
    return done(request);
  };
  return {
    indexedDb,
    KeyRange,
    open,
    openStore: (options) => open((db) => void db.createObjectStore('s', options)),
    async write(db, act) {
      const transaction = db.transaction('s', 'readwrite');
      act(transaction.objectStore('s'), transaction);
      return finished(transaction);
    },
    all: (db) => done(db.transaction('s').objectStore('s').getAll()),
    async turns() {
      for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    },
  };
};
