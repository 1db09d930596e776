import { loadOAuth } from '#kit';
import type { OAuthManifest } from '../connector.ts';
import { AuthNeeded, Offline, RateLimited, Unknown } from '../errors.ts';
import { clientIdOf, oauthPlaceOf, scopeOf, tokenEndpointOf } from './oauth-place.ts';
import { askTokenEndpoint } from './token-request.ts';
import { toStored, type StoredTokens, type TokenStore } from './token-store.ts';

export interface TokenKeeper {
  /** A token that is good now, as far as is known. @throws AuthNeeded and what a token endpoint can refuse */
  readonly accessToken: () => Promise<string>;
  /** Another one than the one that was refused. @throws AuthNeeded when there is none without the person */
  readonly renew: (refused: string) => Promise<string>;
}

interface Given {
  readonly manifest: OAuthManifest;
  readonly values: Readonly<Record<string, string>>;
  readonly store: TokenStore;
  readonly nowMs: () => number;
}

/**
 * Keeps one connection's tokens good. Whoever asks while they are renewed waits for the same answer: a refresh token
 * that is used twice counts as stolen at many servers. New tokens are saved before anybody uses them.
 */
export function createTokenKeeper({ manifest, values, store, nowMs }: Given): TokenKeeper {
  let renewing: Promise<string> | null = null;
  const tokenEndpoint = tokenEndpointOf(manifest, values);
  const clientId = clientIdOf(manifest, values);
  const host = new URL(tokenEndpoint).host;

  return {
    accessToken: async () => {
      const known = read();
      if (known === null) return renewed();
      const { expiresAtMs, renewAtMs } = known;
      if (expiresAtMs === null || renewAtMs === null || nowMs() < renewAtMs) return known.accessToken;
      try {
        return await renewed();
      } catch (error) {
        const isLater = error instanceof Offline || error instanceof Unknown || error instanceof RateLimited;
        if (isLater && nowMs() < expiresAtMs) return known.accessToken;
        throw error;
      }
    },
    renew: async (refused) => {
      const known = read();
      return known !== null && known.accessToken !== refused ? known.accessToken : renewed();
    },
  };

  /** Tokens of another server, or of another registration, are not ours to use here. */
  function read(): StoredTokens | null {
    const known = store.read();
    return known?.tokenEndpoint === tokenEndpoint && known.clientId === clientId ? known : null;
  }

  function renewed(): Promise<string> {
    renewing ??= renewNow().finally(() => (renewing = null));
    return renewing;
  }

  async function renewNow(): Promise<string> {
    const known = read();
    const isPerson = manifest.grant === 'authorization-code';
    const used = isPerson ? (known?.refreshToken ?? null) : null;
    if (isPerson && used === null) throw new AuthNeeded({ detail: 'nobody is signed in', server: host });
    const oauth = await loadOAuth();
    const tokens = await askTokenEndpoint(tokenEndpoint, nowMs, (send) => {
      const place = oauthPlaceOf(manifest, values, send);
      if (used !== null) return oauth.refreshGrant(place, used);
      return oauth.clientCredentialsGrant(place, { ...scopeOf(manifest, values), ...manifest.extra });
    });
    // Signed in anew, or disconnected, while the answer was on its way: this one belongs to the past.
    const newer = read();
    if (newer?.accessToken !== known?.accessToken) {
      if (newer === null) throw new AuthNeeded({ detail: 'signed out', server: host });
      return newer.accessToken;
    }
    store.write(toStored(tokens, { tokenEndpoint, clientId, refreshToken: used }, nowMs()));
    return tokens.accessToken;
  }
}
