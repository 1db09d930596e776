import type { OAuthTokens } from '#kit';
import type { ConnectionId } from '#rpc';
import { asRecord, asText } from '../http/json-value.ts';
import type { SecretVault } from '../connection-values.ts';
import { Permanent } from '../errors.ts';
import type { WritableDb } from '../../store/database.ts';
import { secrets } from '../../store/repositories/secrets.ts';

/** What one sign-in gave. */
export interface StoredTokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Null: the server did not say. */
  readonly expiresAtMs: number | null;
  /** From then on it is renewed before it is used; null: when it is refused. */
  readonly renewAtMs: number | null;
  /** Who gave them, and to whom: they are shown to nobody else. */
  readonly tokenEndpoint: string;
  readonly clientId: string;
}

export interface TokenStore {
  readonly read: () => StoredTokens | null;
  /** On the disk when it returns. */
  readonly write: (tokens: StoredTokens) => void;
}

/** So long before its end a token is renewed, because a request takes its time; a short one after half its life. */
const earlySeconds = 60;

/** A refresh that brings no new refresh token leaves the old one good. RFC 6749, 6 */
export const toStored = (tokens: OAuthTokens, given: Pick<StoredTokens, 'tokenEndpoint' | 'clientId' | 'refreshToken'>, nowMs: number): StoredTokens => ({
  accessToken: tokens.accessToken,
  refreshToken: tokens.refreshToken ?? given.refreshToken,
  expiresAtMs: tokens.expiresInSeconds === undefined ? null : nowMs + tokens.expiresInSeconds * 1_000,
  renewAtMs: tokens.expiresInSeconds === undefined ? null : nowMs + Math.max(tokens.expiresInSeconds / 2, tokens.expiresInSeconds - earlySeconds) * 1_000,
  tokenEndpoint: given.tokenEndpoint,
  clientId: given.clientId,
});

/** For a connection that is not saved yet, and for programs that need no sign-in. */
export function tokensInMemory(first: StoredTokens | null): TokenStore {
  let tokens = first;
  return { read: () => tokens, write: (next) => void (tokens = next) };
}

const secretName = 'oauth';

/** Sealed beside the other secrets of the connection, and gone with it. @throws Permanent `locked` while the vault is closed */
export function sealedTokens(db: WritableDb, vault: SecretVault, id: ConnectionId): TokenStore {
  const context = `connection:${id}/${secretName}`;
  return {
    read: () => {
      const sealed = secrets.get(db, `connection:${id}`, secretName);
      if (sealed === null) return null;
      if (!vault.isOpen() || vault.stateOf(sealed) === 'locked') throw new Permanent('locked', { detail: 'secrets are sealed' });
      const text = vault.unseal(context, sealed);
      return text === null ? null : fromText(text);
    },
    write: (tokens) => secrets.set(db, `connection:${id}`, secretName, vault.seal(context, JSON.stringify(tokens))),
  };
}

/** What a sign-in gave is gone from the disk. */
export const forgetTokens = (db: WritableDb, id: ConnectionId): void => secrets.delete(db, `connection:${id}`, secretName);

function fromText(text: string): StoredTokens {
  const { accessToken, refreshToken, expiresAtMs, renewAtMs, tokenEndpoint, clientId } = asRecord(JSON.parse(text));
  return {
    accessToken: asText(accessToken),
    refreshToken: typeof refreshToken === 'string' ? refreshToken : null,
    expiresAtMs: typeof expiresAtMs === 'number' ? expiresAtMs : null,
    renewAtMs: typeof renewAtMs === 'number' ? renewAtMs : null,
    tokenEndpoint: asText(tokenEndpoint),
    clientId: asText(clientId),
  };
}
