import { createHash, X509Certificate } from 'node:crypto';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, TLSSocket, type ConnectionOptions, type PeerCertificate } from 'node:tls';
import { BridgeError } from '#bridge';
import type { ChannelBindingType } from '../extensions/0440-channel-binding-types.ts';
import { serverEndPointHash } from './certificate-hash.ts';
import type { Endpoint, EndpointTrust } from './dns/find-endpoints.ts';

/** How the other end has to prove itself. */
export interface TlsPolicy {
  /** ASCII domain of the account: the certificate must name it, wherever SRV sent us (RFC 6125, XEP-0368). */
  readonly domain: string;
  /** PEM authorities instead of the system's. */
  readonly ca?: string | readonly string[] | undefined;
}

const keepAliveMs = 30_000;

/** Opens TCP to one address; `host` is what faults call it. @throws BridgeError; aborting destroys the half-open socket. */
export async function openTcp(address: string, port: number, host: string, signal: AbortSignal): Promise<Socket> {
  return await settled(connectTcp({ host: address, port }), 'connect', host, signal);
}

/** Turns a connected TCP socket into TLS. Data that came in clear before it must have been dropped by the caller. */
export async function upgradeSocket(
  socket: Socket,
  policy: TlsPolicy,
  { host, security, trust }: Endpoint,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const protocols = security === 'direct' ? { ALPNProtocols: ['xmpp-client'] } : {};
  const options = { ...tlsOptions(policy, trust), ...protocols, socket };
  return await settled(connectTls(options), 'secureConnect', host, signal);
}

/** Plain form, also of an IPv4 address in IPv6 clothes. */
export const plainAddressOf = (socket: Socket): string | null => socket.remoteAddress?.replace(/^::ffff:/, '') ?? null;

/** Channel binding data (RFC 9266, RFC 5929); null where this TLS cannot give it. */
export function channelBindingOf(socket: Socket, type: ChannelBindingType): Buffer | null {
  if (!(socket instanceof TLSSocket)) return null;
  try {
    if (type === 'tls-server-end-point') {
      const certificate = certificateOf(socket);
      return certificate === undefined ? null : serverEndPointHash(certificate.raw);
    }
    if (socket.getProtocol() !== 'TLSv1.3') return null;
    return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
  } catch {
    return null;
  }
}

const certificates = new WeakMap<TLSSocket, X509Certificate>();

/** Node hands out the peer's certificate once; when it is asked again there is none. */
function certificateOf(socket: TLSSocket): X509Certificate | undefined {
  const known = certificates.get(socket) ?? socket.getPeerX509Certificate();
  if (known !== undefined) certificates.set(socket, known);
  return known;
}

/** What a connection report says about the encryption. */
export interface TlsFacts {
  readonly version: string;
  readonly cipher: string;
  readonly certificateExpiresAtMs: number | null;
  /** Of the authority that signed the certificate, as it calls itself. */
  readonly certificateIssuer: string | null;
}

/** Null when the socket is not encrypted. */
export function tlsFactsOf(socket: Socket): TlsFacts | null {
  if (!(socket instanceof TLSSocket)) return null;
  const certificate = certificateOf(socket);
  const expiresAtMs = Date.parse(certificate?.validTo ?? '');
  return {
    version: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher()?.standardName ?? 'unknown',
    certificateExpiresAtMs: Number.isFinite(expiresAtMs) ? expiresAtMs : null,
    certificateIssuer: certificate?.issuer.replaceAll('\n', ', ').slice(0, 300) ?? null,
  };
}

function tlsOptions(policy: TlsPolicy, trust: EndpointTrust | undefined): ConnectionOptions {
  const serverName = trust?.serverName ?? policy.domain;
  return {
    // An address literal cannot be sent as SNI; the certificate is checked for it all the same.
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    ...(policy.ca === undefined ? {} : { ca: typeof policy.ca === 'string' ? policy.ca : [...policy.ca] }),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    checkServerIdentity: (_host, certificate) => checkIdentity(policy.domain, trust, certificate),
  };
}

/** The name must be right, and where keys are pinned, so must the key. */
function checkIdentity(domain: string, trust: EndpointTrust | undefined, certificate: PeerCertificate): Error | undefined {
  const fault = checkServerIdentity(domain, certificate);
  if (trust === undefined) return fault;
  if (fault !== undefined && checkServerIdentity(trust.serverName, certificate) !== undefined) return fault;
  if (trust.pins.length === 0) return undefined;
  const key = new X509Certificate(certificate.raw).publicKey.export({ type: 'spki', format: 'der' });
  if (trust.pins.includes(createHash('sha256').update(key).digest('base64'))) return undefined;
  return Object.assign(new Error('the key is none of those that the domain names'), { code: 'ERR_TLS_CERT_KEY_NOT_PINNED' });
}

function settled<Opened extends Socket>(
  socket: Opened,
  readyEvent: 'connect' | 'secureConnect',
  host: string,
  signal: AbortSignal,
): Promise<Opened> {
  return new Promise((resolve, reject) => {
    const finish = (action: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      socket.removeListener('close', onClose);
      action();
    };
    const fail = (error: unknown): void =>
      finish(() => {
        socket.destroy();
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    const onAbort = (): void => fail(signal.reason);
    const onClose = (): void =>
      fail(new BridgeError('server-unreachable', { server: host, detail: 'the connection was closed' }));

    // Stays for the socket's whole life: a late error without a listener would end the process.
    socket.on('error', (error) => fail(connectFault(error, host)));
    socket.once('close', onClose);
    socket.once(readyEvent, () =>
      finish(() => {
        socket.setNoDelay(true);
        socket.setKeepAlive(true, keepAliveMs);
        resolve(socket);
      }),
    );
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Errors of OpenSSL's verification and of Node's host name check. */
const certificateCode = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY|DECRYPT)|ISSUER|^CRL_|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH/;

/** A socket error as the fault a person can understand. */
export function connectFault(error: Error & { code?: string }, host: string): BridgeError {
  const code = error.code ?? '';
  const detail = error.message || code;
  if (certificateCode.test(code)) return new BridgeError('certificate-invalid', { server: host, detail });
  if (code === 'ENOTFOUND') return new BridgeError('wrong-address', { server: host, detail });
  return new BridgeError('server-unreachable', { server: host, detail });
}
