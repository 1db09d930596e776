/** Sessions and tokens as matrix-authentication-service keeps them (its crates/handlers/src/oauth2/token.rs). */
import { randomBytes } from 'node:crypto';

export interface AuthSession {
  readonly user: string;
  readonly clientId: string;
  readonly scope: string;
  readonly deviceId: string;
  isFinished: boolean;
}

interface AccessToken {
  readonly session: AuthSession;
  readonly expiresAtMs: number;
  isUsed: boolean;
  isRevoked: boolean;
}

interface RefreshToken {
  readonly session: AuthSession;
  readonly accessToken: string;
  /** The one that took its place. */
  next: string | null;
  isRevoked: boolean;
}

export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly session: AuthSession;
}

export class AuthStore {
  readonly #access = new Map<string, AccessToken>();
  readonly #refresh = new Map<string, RefreshToken>();
  accessTtlMs: number;

  constructor(accessTtlMs: number) {
    this.accessTtlMs = accessTtlMs;
  }

  issue(session: AuthSession): TokenPair {
    const accessToken = `mat_${randomBytes(24).toString('hex')}`;
    const refreshToken = `mar_${randomBytes(24).toString('hex')}`;
    this.#access.set(accessToken, { session, expiresAtMs: Date.now() + this.accessTtlMs, isUsed: false, isRevoked: false });
    this.#refresh.set(refreshToken, { session, accessToken, next: null, isRevoked: false });
    return { accessToken, refreshToken, session };
  }

  /** Null: `invalid_grant`. A token that was used before is taken again while nothing was done with what it brought. */
  renew(token: string, clientId: string): TokenPair | null {
    const old = this.#refresh.get(token);
    if (old === undefined || old.isRevoked || old.session.isFinished || old.session.clientId !== clientId) return null;
    if (old.next !== null && !this.#takeBack(old.next)) return null;
    const pair = this.issue(old.session);
    old.next = pair.refreshToken;
    this.#revokeAccess(old.accessToken);
    return pair;
  }

  /** The pair that somebody lost on the way: worthless from now on. False: it was used, so it was not lost. */
  #takeBack(token: string): boolean {
    const lost = this.#refresh.get(token);
    if (lost === undefined || lost.isRevoked || lost.next !== null || this.#access.get(lost.accessToken)?.isUsed === true) return false;
    lost.isRevoked = true;
    this.#revokeAccess(lost.accessToken);
    return true;
  }

  #revokeAccess(token: string): void {
    const access = this.#access.get(token);
    if (access !== undefined) access.isRevoked = true;
  }

  /** The session of a token that is good now, and for how long; asking for it counts as a use. */
  introspect(token: string): { readonly session: AuthSession; readonly expiresInMs: number } | null {
    const access = this.#access.get(token);
    if (access === undefined || access.isRevoked || access.session.isFinished || access.expiresAtMs <= Date.now()) return null;
    access.isUsed = true;
    return { session: access.session, expiresInMs: access.expiresAtMs - Date.now() };
  }

  /** Ends the session of a token; null: not known, or over. */
  revoke(token: string, clientId: string): AuthSession | null {
    const session = this.#access.get(token)?.session ?? this.#refresh.get(token)?.session;
    if (session === undefined || session.isFinished || session.clientId !== clientId) return null;
    session.isFinished = true;
    return session;
  }
}
