/** Tunnels of an HTTP proxy (RFC 9110 section 9.3.6), with Basic authentication (RFC 7617). Left out: Digest, NTLM. */
import { isIPv6, type Socket } from 'node:net';
import { BridgeError } from '#bridge';
import { untilReadable } from './socket-reader.ts';
import type { TunnelRequest } from './tunnel-request.ts';

const mostHeaderBytes = 16 * 1024;
const endOfHeader = Buffer.from('\r\n\r\n');
/** The proxy tried, and the server did not answer. */
const aboutServer = new Set([500, 502, 503, 504]);
/** Some, such as tinyproxy, answer a wrong password as a web server would. */
const aboutLogin = new Set([401, 407]);

/** Has the proxy connect; afterwards the socket leads to the server. @throws BridgeError */
export async function connectByHttp(socket: Socket, request: TunnelRequest): Promise<void> {
  const { host, port, login, proxy } = request;
  const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
  if (login !== null) {
    const credentials = Buffer.from(`${login.username}:${login.password}`).toString('base64');
    lines.push(`Proxy-Authorization: Basic ${credentials}`);
  }
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const header = await readHeader(socket, proxy);
  const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |\r)/.exec(header)?.[1] ?? '0');
  if (status >= 200 && status <= 299) return;
  throw statusFault(status, request);
}

async function readHeader(socket: Socket, proxy: string): Promise<string> {
  let received = Buffer.alloc(0);
  for (;;) {
    const chunk = socket.read() as Buffer | null;
    if (chunk !== null) received = Buffer.concat([received, chunk]);
    const end = received.indexOf(endOfHeader);
    if (end >= 0) {
      const rest = received.subarray(end + endOfHeader.length);
      if (rest.length > 0) socket.unshift(rest);
      return received.subarray(0, end + 2).toString('latin1');
    }
    if (received.length > mostHeaderBytes) throw refused(proxy, 'its answer has no end');
    if (chunk === null) await untilReadable(socket, proxy);
  }
}

function statusFault(status: number, { host, proxy, login }: TunnelRequest): BridgeError {
  if (aboutLogin.has(status)) {
    const detail = login === null ? 'the proxy wants a user name' : 'the proxy refused user name or password';
    return new BridgeError('wrong-proxy-password', { server: proxy, detail });
  }
  if (aboutServer.has(status)) {
    return new BridgeError('server-unreachable', { server: host, detail: `the proxy answered ${status}` });
  }
  return refused(proxy, status === 0 ? 'it does not speak HTTP' : `it answered ${status}`);
}

const refused = (server: string, detail: string): BridgeError => new BridgeError('proxy-refused', { server, detail });
