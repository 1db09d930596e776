/** Tokens in the sealed store. */
import type { SecretStore } from '#bridge';
import { accessTokenSecret, refreshTokenSecret } from './account-settings.ts';
import type { Tokens } from './refresh.ts';

/** Null: signed out. */
export const readTokens = async (secrets: SecretStore): Promise<Tokens | null> => {
  const accessToken = await secrets.get(accessTokenSecret);
  const refreshToken = await secrets.get(refreshTokenSecret);
  if (accessToken === null) return null;
  return refreshToken === null ? { accessToken } : { accessToken, refreshToken };
};

/**
 * Resolves when they are sealed and on the disk. The refresh token first: with it alone the session can be saved, with
 * the access token alone it cannot.
 */
export const saveTokens = async (secrets: SecretStore, tokens: Tokens): Promise<void> => {
  if (tokens.refreshToken !== undefined) await secrets.set(refreshTokenSecret, tokens.refreshToken);
  await secrets.set(accessTokenSecret, tokens.accessToken);
};
