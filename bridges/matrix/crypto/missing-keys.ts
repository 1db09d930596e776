/** Everything that makes unreadable messages readable: keys that are told, keys that are not, and what lets them count. */
import type { MatrixClient } from 'matrix-js-sdk';
import { CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { asString } from '../event-shape.ts';
import type { WantedKey } from '../store/waiting-events.ts';
import type { AccountContext } from '../worker/account-context.ts';
import { createKeySearch } from './key-search.ts';
import { createKeyWatch } from './key-watch.ts';
import { reasonOf } from './unreadable-reason.ts';

export interface MissingKeys {
  /** Keys came, or were withheld. */
  arrived(keys: readonly WantedKey[]): void;
  /** Messages that need these keys were noted as waiting, and the transaction of that is over. */
  wanted(keys: readonly WantedKey[]): void;
  /** Whose devices count was changed. */
  policyChanged(): void;
  setOnline(isOnline: boolean): void;
  stop(): void;
}

/** Listens to `client` until it is stopped. */
export const createMissingKeys = (context: AccountContext, client: MatrixClient): MissingKeys => {
  const { store, api } = context;
  const watch = createKeyWatch(context);
  const search = createKeySearch({
    waiting: store.waiting,
    readAgain: (keys) => watch.arrived(keys),
    async backupTag() {
      const version = await context.crypto().backend.getActiveSessionBackupVersion();
      if (version === null) return null;
      const told = await api.get(['room_keys', 'version']);
      return `${version} ${asString(told['etag'])?.slice(0, 256) ?? ''} ${String(Number(told['count']))}`;
    },
  });

  const onBackup = (isOpen: boolean | string): void => {
    if (isOpen !== false) search.restart();
  };
  /** Only messages of devices that nobody vouched for care about who is trusted. */
  const onTrust = (): void => {
    if (store.waiting.counts().some(({ reason }) => reasonOf(reason) === 'sender-unverified')) search.restart();
  };
  client.on(CryptoEvent.KeyBackupStatus, onBackup);
  client.on(CryptoEvent.KeyBackupDecryptionKeyCached, onBackup);
  client.on(CryptoEvent.DevicesUpdated, onTrust);
  client.on(CryptoEvent.UserTrustStatusChanged, onTrust);

  return {
    arrived: (keys) => void watch.arrived(keys),
    wanted(keys) {
      if (keys.length === 0) return;
      // A key may have come between the attempt and the note that it is wanted.
      void watch.arrived(keys);
      search.soon();
    },
    policyChanged: onTrust,
    setOnline: (isOnline) => search.setOnline(isOnline),
    stop() {
      search.stop();
      client.off(CryptoEvent.KeyBackupStatus, onBackup);
      client.off(CryptoEvent.KeyBackupDecryptionKeyCached, onBackup);
      client.off(CryptoEvent.DevicesUpdated, onTrust);
      client.off(CryptoEvent.UserTrustStatusChanged, onTrust);
    },
  };
};
