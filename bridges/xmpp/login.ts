import { BridgeError, type LoginFlow, type LoginResult, type LoginValues } from '#bridge';
import {
  streamOptions,
  writeSettings,
  type Credentials,
  type ProxySettings,
  type XmppEnvironment,
  type XmppSettings,
} from './account-settings.ts';
import { authenticate } from './stream/authenticate.ts';
import { passwordSecret, proxyPasswordSecret } from './stored-credentials.ts';
import { proxyKinds } from './stream/dial/proxy-kinds.ts';
import { openSecureStream } from './stream/open-secure-stream.ts';
import { passingMemory, signInSecret } from './stream/sign-in-memory.ts';

/** Chosen to take the proxy of an account away again. */
const noProxy = 'none';

export const passwordFlow: LoginFlow = {
  id: 'password',
  fields: [
    { name: 'address', kind: 'address', isRequired: true, isAdvanced: false, placeholder: 'name@server.example' },
    { name: 'password', kind: 'password', isRequired: true, isAdvanced: false },
    { name: 'host', kind: 'text', isRequired: false, isAdvanced: true, placeholder: 'xmpp.server.example' },
    { name: 'port', kind: 'port', isRequired: false, isAdvanced: true, placeholder: '5222' },
    { name: 'proxyKind', kind: 'choice', isRequired: false, isAdvanced: true, options: [noProxy, ...proxyKinds] },
    { name: 'proxyHost', kind: 'text', isRequired: false, isAdvanced: true, placeholder: 'proxy.example' },
    { name: 'proxyPort', kind: 'port', isRequired: false, isAdvanced: true, placeholder: '1080' },
    { name: 'proxyUser', kind: 'text', isRequired: false, isAdvanced: true },
    {
      name: 'proxyPassword',
      kind: 'password',
      isRequired: false,
      isAdvanced: true,
      kept: { secret: proxyPasswordSecret, with: ['proxyKind', 'proxyHost', 'proxyPort', 'proxyUser'] },
    },
  ],
};

/**
 * The same form once more, after the person agreed that this server may see the password itself. Not listed among the
 * flows: it is offered only when `password` failed with `no-login-method`.
 */
export const plainPasswordFlowId = 'password-plain';

/** Signs in once, to find out whether everything is right, and keeps no connection. @throws BridgeError */
export async function login(
  flowId: string,
  values: LoginValues,
  signal: AbortSignal,
  environment: XmppEnvironment,
): Promise<LoginResult> {
  if (flowId !== passwordFlow.id && flowId !== plainPasswordFlowId) throw new BridgeError('unsupported');
  const { address = '', password = '', proxyPassword = '' } = values;
  const settings = readLoginSettings(values, flowId === plainPasswordFlowId);
  const memory = passingMemory();
  const credentials: Credentials = {
    memory,
    findPassword: () => Promise.resolve(password),
    findProxyPassword: () => Promise.resolve(proxyPassword),
  };
  const options = streamOptions(address, credentials, settings, environment);
  const stream = await openSecureStream(options, signal);
  const cancel = (): void => stream.connection.close(new BridgeError('cancelled'));
  signal.addEventListener('abort', cancel, { once: true });
  try {
    await authenticate(stream, options);
    stream.connection.end('');
    return {
      address: options.jid,
      displayName: null,
      // The record says how strong the proof was: from now on the server may not ask for a weaker one.
      secrets: {
        [passwordSecret]: password,
        [signInSecret]: JSON.stringify(await memory.read()),
        ...(proxyPassword === '' ? {} : { [proxyPasswordSecret]: proxyPassword }),
      },
      settings: writeSettings(settings),
    };
  } finally {
    signal.removeEventListener('abort', cancel);
    stream.connection.close(new BridgeError('cancelled'));
  }
}

/** The part of a login form that says how to get there. @throws BridgeError `wrong-address`, `proxy-unreachable` */
export function readLoginSettings(values: LoginValues, isPlainAllowed = false): XmppSettings {
  const { host = '', port = '' } = values;
  return { host: host.trim() === '' ? undefined : host.trim(), port: readPort(port), isPlainAllowed, proxy: readProxy(values) };
}

/** Without a kind, a host alone is taken for SOCKS; without both there is no proxy. */
function readProxy({ proxyKind = '', proxyHost = '', proxyPort = '', proxyUser = '' }: LoginValues): ProxySettings | undefined {
  const host = proxyHost.trim();
  if (proxyKind === noProxy || (proxyKind === '' && host === '')) return undefined;
  if (host === '') throw new BridgeError('proxy-unreachable', { detail: 'the proxy has no host' });
  const kind = proxyKinds.find((known) => known === proxyKind) ?? 'socks5';
  return { kind, host, port: readPort(proxyPort) ?? usualProxyPorts[kind], username: proxyUser.trim() };
}

const usualProxyPorts = { http: 8080, socks5: 1080 } as const;

function readPort(text: string): number | undefined {
  if (text.trim() === '') return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new BridgeError('wrong-address', { detail: `${text.slice(0, 20)} is no port` });
}
