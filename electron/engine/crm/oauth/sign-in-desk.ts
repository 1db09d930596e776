import { randomUUID } from 'node:crypto';
import { BridgeError } from '#bridge';
import { loadOAuth, type Authorization, type LoopbackRedirect, type OAuthSend } from '#kit';
import { notFound, RpcFailure } from '../../rpc/rpc-failure.ts';
import type { ConnectionDesk, PreparedForm } from '../connection-desk.ts';
import type { OAuthManifest } from '../connector.ts';
import type { CrmService } from '../crm-service.ts';
import { AuthNeeded } from '../errors.ts';
import { refusing } from '../refusing.ts';
import { oauthPlaceOf, scopeOf } from './oauth-place.ts';
import { redirectPath, redirectPort } from './redirect-address.ts';
import { askTokenEndpoint } from './token-request.ts';
import { tokensInMemory, toStored, type TokenStore } from './token-store.ts';

export interface SignInDesk extends Pick<CrmService, 'beginSignIn' | 'finishSignIn' | 'cancelSignIn'> {
  readonly stop: () => void;
}

export interface SignInOptions {
  readonly nowMs: () => number;
  /** Any free one where it is 0; that of `redirectAddress` unless told. */
  readonly port?: number | undefined;
}

const patienceMs = 10 * 60_000;

interface SignIn {
  readonly id: string;
  readonly form: PreparedForm;
  readonly listener: LoopbackRedirect;
  readonly tokens: () => Promise<TokenStore>;
}

/** Signing in on the page of a product, one at a time: whoever begins anew has given up the one before. */
export function createSignInDesk(desk: Pick<ConnectionDesk, 'prepare' | 'settle'>, { nowMs, port = redirectPort }: SignInOptions): SignInDesk {
  let current: SignIn | null = null;

  return {
    beginSignIn: (input) =>
      refusing(async () => {
        const form = await desk.prepare(input);
        const manifest = form.connector.manifest.oauth;
        if (manifest?.grant !== 'authorization-code') throw new RpcFailure('not-possible', 'nobody signs in there with a browser');
        end();
        const { signIn, link } = await open(form, manifest);
        current = signIn;
        return { id: signIn.id, link, server: new URL(link).host };
      }),
    finishSignIn: ({ id }) =>
      refusing(async () => {
        const signIn = current?.id === id ? current : null;
        if (signIn === null) throw notFound('sign-in');
        const tokens = await signIn.tokens();
        // Kept until it is used: when something is missing on the other side, the person need not sign in once more.
        const answer = await desk.settle(signIn.form, tokens);
        if (current === signIn) end();
        return answer;
      }),
    cancelSignIn: ({ id }) => {
      if (current?.id === id) end();
      return { isCancelled: true };
    },
    stop: end,
  };

  function end(): void {
    current?.listener.close();
    current = null;
  }

  async function open(form: PreparedForm, manifest: OAuthManifest): Promise<{ signIn: SignIn; link: string }> {
    const { beginAuthorization } = await loadOAuth();
    const { values } = form;
    let authorization: Authorization | null = null;
    const judge = (query: URLSearchParams) => (authorization?.isAnswer(query) === true ? (query.has('code') ? 'welcome' : 'declined') : null);
    // The code is changed with a sender of its own; nothing is sent to make the link.
    const parameters = { ...scopeOf(manifest, values), ...manifest.extra };
    let send = noSend;
    const place = oauthPlaceOf(manifest, values, (url, init) => send(url, init));
    const endpoint = place.server.token_endpoint;
    // Last of what can be refused: an open listener holds the one port.
    const listener = await listen(judge, port);
    const started = await beginAuthorization(place, listener.address, parameters);
    authorization = started;
    const exchange = async (): Promise<TokenStore> => {
      const query = checkIssuer(await answerOf(listener), place.server.issuer);
      const tokens = await askTokenEndpoint(endpoint, nowMs, (sender) => {
        send = sender;
        return started.finish(query);
      }).catch((error: unknown) => {
        throw error instanceof AuthNeeded ? new RpcFailure('sign-in-declined', error.message, { ...error.more }) : error;
      });
      return tokensInMemory(toStored(tokens, { tokenEndpoint: endpoint, clientId: place.clientId, refreshToken: null }, nowMs()));
    };
    let exchanged: Promise<TokenStore> | null = null;
    return { signIn: { id: randomUUID(), form, listener, tokens: () => (exchanged ??= exchange().finally(() => listener.close())) }, link: started.link };
  }
}

const noSend: OAuthSend = () => Promise.reject(new RpcFailure('internal', 'nothing is sent yet'));

async function listen(judge: (query: URLSearchParams) => 'welcome' | 'declined' | null, port: number): Promise<LoopbackRedirect> {
  const { listenForReturn } = await loadOAuth();
  try {
    return await listenForReturn({ path: redirectPath, judge, patienceMs, port, host: 'localhost' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new RpcFailure('sign-in-port-taken', `port ${port} is taken`, { detail: String(port), isRetryable: true });
  }
}

async function answerOf(listener: LoopbackRedirect): Promise<URLSearchParams> {
  try {
    return await listener.answer;
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    throw new RpcFailure(error.fault.code, error.message);
  }
}

/**
 * An answer that names another issuer was meant for somebody else: its code goes nowhere. Products that name
 * themselves do it with a path of their own, so their origin is compared.
 * @see https://www.rfc-editor.org/rfc/rfc9207#section-2.4
 */
function checkIssuer(query: URLSearchParams, expected: string): URLSearchParams {
  const named = query.getAll('iss');
  const isForeign = named.some((iss) => !URL.canParse(iss) || new URL(iss).origin !== new URL(expected).origin);
  if (isForeign || named.length > 1) throw new RpcFailure('sign-in-unsafe', 'the answer names another issuer', { server: new URL(expected).host });
  const rest = new URLSearchParams(query);
  rest.delete('iss');
  return rest;
}
