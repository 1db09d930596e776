/** Tells that something about the encryption of an account changed: asking again is worth it. */
import type { MatrixClient } from 'matrix-js-sdk';
import { CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';

/** Keys come by the dozen; one word for all of them is enough. */
const quietMs = 300;

/** By client: how many keys were not in the backup when that was last told. */
const unsaved = new WeakMap<MatrixClient, number>();

/** Null: not told yet. */
export const unsavedKeyCount = (client: MatrixClient): number | null => unsaved.get(client) ?? null;

/** @returns the way to stop */
export const watchHealth = (client: MatrixClient, onChange: () => void): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  const changed = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      onChange();
    }, quietMs);
  };
  const noteUnsaved = (count: number): void => {
    unsaved.set(client, count);
    changed();
  };
  client.on(CryptoEvent.KeyBackupSessionsRemaining, noteUnsaved);
  client.on(CryptoEvent.UserTrustStatusChanged, changed);
  client.on(CryptoEvent.KeysChanged, changed);
  client.on(CryptoEvent.KeyBackupStatus, changed);
  client.on(CryptoEvent.DevicesUpdated, changed);
  return () => {
    clearTimeout(timer);
    client.off(CryptoEvent.KeyBackupSessionsRemaining, noteUnsaved);
    client.off(CryptoEvent.UserTrustStatusChanged, changed);
    client.off(CryptoEvent.KeysChanged, changed);
    client.off(CryptoEvent.KeyBackupStatus, changed);
    client.off(CryptoEvent.DevicesUpdated, changed);
  };
};
