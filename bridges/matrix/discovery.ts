/** Finds the server of an address. @see https://spec.matrix.org/v1.16/client-server-api/#server-discovery */
import { BridgeError } from '#bridge';
import { asArray, asRecord } from './event-shape.ts';
import { requestJson } from './http.ts';

/** A base address without a slash at the end, or null when it is not one we would talk to. */
const readBaseUrl = (value: unknown): URL | null => {
  if (typeof value !== 'string' || !URL.canParse(value)) return null;
  const url = new URL(value);
  const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  return isPlain && /^https?:$/u.test(url.protocol) ? url : null;
};

/** What a domain's well-known file says, or null when it says nothing (the domain itself may be the server then). */
const askDomain = async (domain: string, signal: AbortSignal): Promise<URL | null> => {
  const url = new URL(`https://${domain}/.well-known/matrix/client`);
  const answer = await requestJson(url, { signal, redirect: 'follow', lookupCode: 'wrong-address' });
  if (answer.status !== 200) return null;
  const homeserver = asRecord(asRecord(answer.body)['m.homeserver']);
  if (!('base_url' in homeserver)) return null;
  const base = readBaseUrl(homeserver['base_url']);
  if (base === null) throw new BridgeError('server-incompatible', { server: domain, detail: 'well-known names no address' });
  return base;
};

const toBase = (url: URL): string => url.href.replace(/\/+$/u, '');

/** @throws BridgeError `server-incompatible` when what answers there is no Matrix server, `no-encryption` for plain HTTP. */
const assertMatrixServer = async (base: string, signal: AbortSignal): Promise<void> => {
  const url = new URL(`${base}/_matrix/client/versions`);
  const answer = await requestJson(url, { signal });
  if (answer.status >= 500) {
    throw new BridgeError('server-unreachable', { server: url.host, detail: `HTTP ${String(answer.status)}` });
  }
  const versions = asArray(asRecord(answer.body)['versions']);
  if (answer.status !== 200 || !versions.some((version) => typeof version === 'string')) {
    throw new BridgeError('server-incompatible', { server: url.host, detail: 'not a Matrix server' });
  }
};

const bareDomain = /^(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z.-]+)(?::\d{1,5})?$/u;

/**
 * Base address of the server of `domain`, or of the one given by hand (`https://…`, or a name to be looked up).
 * @throws BridgeError `wrong-address`, `server-unreachable`, `certificate-invalid`, `no-encryption`,
 *   `server-incompatible`, `cancelled`.
 */
export const discoverServer = async (domain: string, given: string, signal: AbortSignal): Promise<string> => {
  const isFullAddress = /^[a-z][a-z0-9+.-]*:\/\//iu.test(given);
  if (isFullAddress) {
    const base = readBaseUrl(given);
    if (base === null) throw new BridgeError('wrong-address', { server: given.slice(0, 255) });
    await assertMatrixServer(toBase(base), signal);
    return toBase(base);
  }
  const name = given === '' ? domain : given;
  if (!bareDomain.test(name)) throw new BridgeError('wrong-address', { server: name.slice(0, 255) });
  const base = (await askDomain(name, signal)) ?? new URL(`https://${name}`);
  await assertMatrixServer(toBase(base), signal);
  return toBase(base);
};
