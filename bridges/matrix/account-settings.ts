/** What a login leaves behind: plain settings, and secrets under fixed names. */
import { createHash } from 'node:crypto';
import { BridgeError, type BridgeAccount, type Json } from '#bridge';
import { asRecord } from './event-shape.ts';
import { readOAuthAccount, type OAuthAccount } from './oauth.ts';

export interface MatrixAccountSettings {
  readonly baseUrl: string;
  readonly userId: string;
  readonly deviceId: string;
  /** Of an account that signed in by OAuth. */
  readonly oauth: OAuthAccount | undefined;
}

/** Inside the account's own folder. */
export const storeFileName = 'matrix.sqlite';

/** Starts the name of the folder of a device's keys. */
export const cryptoFolderPrefix = 'crypto-';

/** Each device has keys of its own: signing in again makes a new one. */
export const cryptoFolderOf = (deviceId: string): string => `${cryptoFolderPrefix}${createHash('sha256').update(deviceId).digest('hex').slice(0, 16)}`;

/** Seals the folder of keys. Lost with the other secrets, and then the device is a new one too. */
export const cryptoKeySecret = 'cryptoKey';
export const accessTokenSecret = 'accessToken';
export const refreshTokenSecret = 'refreshToken';

/** @throws BridgeError `internal` when the account was not made by this bridge. */
export const readAccountSettings = (account: BridgeAccount): MatrixAccountSettings => {
  const { baseUrl, userId, deviceId, oauth } = account.settings;
  if (typeof baseUrl !== 'string' || typeof userId !== 'string' || typeof deviceId !== 'string') {
    throw new BridgeError('internal', { detail: 'account without Matrix settings' });
  }
  return { baseUrl, userId, deviceId, oauth: readOAuthAccount(oauth) };
};

/** Which batch the engine stored last, and of which store file. Saved by the engine with the batch itself. */
export interface SavedProgress {
  readonly store: string;
  readonly batch: number;
}

export const readSavedProgress = (saved: Json | null): SavedProgress | null => {
  const { store, batch } = asRecord(saved);
  return typeof store === 'string' && typeof batch === 'number' && Number.isSafeInteger(batch) ? { store, batch } : null;
};
