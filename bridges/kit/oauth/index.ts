/** The door of OAuth: what accounts and CRM connections that sign in that way share. */
export { beginAuthorization, clientCredentialsGrant, refreshGrant, registerClient, revokeToken, type Authorization, type ClientSecret, type OAuthPlace, type OAuthSend, type OAuthTokens } from './oauth-client.ts';
export { checkOAuthServer, type OAuthServer } from './oauth-server.ts';
export { listenForReturn, type LoopbackRedirect, type ReturnKind } from './loopback-redirect.ts';
