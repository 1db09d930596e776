/** What a login leaves behind: plain settings, and secrets under fixed names. */
import { BridgeError, type BridgeAccount, type Json } from '#bridge';
import { asRecord } from './event-shape.ts';

export interface MatrixAccountSettings {
  readonly baseUrl: string;
  readonly userId: string;
  readonly deviceId: string;
}

/** Inside the account's own folder. */
export const storeFileName = 'matrix.sqlite';

export const accessTokenSecret = 'accessToken';
export const refreshTokenSecret = 'refreshToken';

/** @throws BridgeError `internal` when the account was not made by this bridge. */
export const readAccountSettings = (account: BridgeAccount): MatrixAccountSettings => {
  const { baseUrl, userId, deviceId } = account.settings;
  if (typeof baseUrl !== 'string' || typeof userId !== 'string' || typeof deviceId !== 'string') {
    throw new BridgeError('internal', { detail: 'account without Matrix settings' });
  }
  return { baseUrl, userId, deviceId };
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
