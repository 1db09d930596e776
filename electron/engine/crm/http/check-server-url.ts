import { Permanent } from '../errors.ts';

export interface ServerUrlOptions {
  /** The person ticked "this server has no TLS". */
  readonly allowsPlainHttp: boolean;
}

/**
 * The base address of a server as a person typed it, checked and without trailing slash.
 *
 * Plain http is taken for this computer only, or when the person agreed to it. Addresses that exist to be stolen from
 * (cloud metadata, 169.254/16) and addresses with a login inside are refused.
 * @throws Permanent `rejected` | `no-encryption`
 */
export function checkServerUrl(typed: string, { allowsPlainHttp }: ServerUrlOptions): string {
  const text = typed.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(withScheme)) throw new Permanent('rejected', { detail: 'not a web address' });
  const url = new URL(withScheme);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Permanent('rejected', { detail: 'only http and https addresses' });
  }
  if (url.username !== '' || url.password !== '') {
    throw new Permanent('rejected', { detail: 'no user name or password inside the address' });
  }
  if (url.search !== '' || url.hash !== '') throw new Permanent('rejected', { detail: 'address without ? and #' });
  if (isLinkLocal(url.hostname)) throw new Permanent('rejected', { detail: 'link-local address', server: url.hostname });
  if (url.protocol === 'http:' && !allowsPlainHttp && !isThisComputer(url.hostname)) {
    throw new Permanent('no-encryption', { server: url.hostname });
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** URL parsing has already turned `0x7f.1` and its kin into dotted form. */
function isThisComputer(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function isLinkLocal(hostname: string): boolean {
  return hostname.startsWith('169.254.') || /^\[fe[89ab]/i.test(hostname) || /^\[::ffff:a9fe:/i.test(hostname);
}
