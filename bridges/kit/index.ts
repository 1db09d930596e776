import type * as OAuth from './oauth/index.ts';

export * from './backoff.ts';
export { drawQr } from './qr-picture.ts';
export { isAllowedOrigin } from './allowed-origin.ts';

export type { Authorization, LoopbackRedirect, OAuthPlace, OAuthSend, OAuthServer, OAuthTokens, ReturnKind } from './oauth/index.ts';

/** Signing in by OAuth and coming back from a browser. Loaded when somebody does: most starts of the program need none of it. */
export const loadOAuth = (): Promise<typeof OAuth> => import('./oauth/index.ts');
