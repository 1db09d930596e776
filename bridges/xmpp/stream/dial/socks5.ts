/** SOCKS 5 (RFC 1928) with user name and password (RFC 1929). Left out: GSSAPI, BIND, UDP. */
import { isIP, SocketAddress, type Socket } from 'node:net';
import { BridgeError } from '#bridge';
import { readBytes } from './socket-reader.ts';
import type { ProxyLogin, TunnelRequest } from './tunnel-request.ts';

const version = 5;
const noLogin = 0;
const byPassword = 2;

/** What a proxy may say instead of yes. */
const refusals: Readonly<Record<number, string>> = {
  1: 'the proxy failed',
  2: 'the proxy does not allow this connection',
  3: 'the proxy finds no way to the network',
  4: 'the proxy finds no way to the server',
  5: 'the server refused the proxy',
  6: 'the way from the proxy is too long',
  7: 'the proxy opens no connections',
  8: 'the proxy does not know this kind of address',
};
const aboutServer = new Set([3, 4, 5, 6]);

/** Has the proxy connect; afterwards the socket leads to the server. @throws BridgeError */
export async function connectBySocks(socket: Socket, request: TunnelRequest): Promise<void> {
  const { login, proxy } = request;
  const methods = login === null ? [noLogin] : [noLogin, byPassword];
  socket.write(Buffer.from([version, methods.length, ...methods]));
  const [answered, method] = await readBytes(socket, 2, proxy);
  if (answered !== version) throw refused(proxy, 'it does not speak SOCKS 5');
  if (method === byPassword && login !== null) await signIn(socket, login, proxy);
  else if (method !== noLogin) throw loginFault(login, proxy);

  socket.write(Buffer.concat([Buffer.from([version, 1, 0]), addressBytes(request), portBytes(request.port)]));
  const head = await readBytes(socket, 4, proxy);
  const reply = head[1] ?? 1;
  if (head[0] !== version) throw refused(proxy, 'it does not speak SOCKS 5');
  if (reply !== 0) throw refusal(reply, request);
  await readBytes(socket, (await boundLength(socket, head[3], proxy)) + 2, proxy);
}

/** RFC 1929. */
async function signIn(socket: Socket, { username, password }: ProxyLogin, proxy: string): Promise<void> {
  const [name, secret] = [Buffer.from(username), Buffer.from(password)];
  if (name.length > 255 || secret.length > 255) throw loginFault({ username, password }, proxy);
  socket.write(Buffer.concat([Buffer.from([1, name.length]), name, Buffer.from([secret.length]), secret]));
  const answer = await readBytes(socket, 2, proxy);
  if (answer[1] !== 0) throw loginFault({ username, password }, proxy);
}

/** A name stays a name: it is resolved where the proxy is. */
function addressBytes({ host, proxy }: TunnelRequest): Buffer {
  const literal = host.replace(/^\[|\]$/g, '');
  if (isIP(literal) === 4) return Buffer.from([1, ...literal.split('.').map(Number)]);
  if (isIP(literal) === 6) return Buffer.concat([Buffer.from([4]), ipv6Bytes(literal)]);
  const name = Buffer.from(host);
  if (name.length > 255) throw refused(proxy, 'the name of the server is too long');
  return Buffer.concat([Buffer.from([3, name.length]), name]);
}

function ipv6Bytes(literal: string): Buffer {
  const { address } = new SocketAddress({ address: literal, family: 'ipv6' });
  const [before = '', after = ''] = address.split('::');
  const groups = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)));
  const [head, tail] = [groups(before), groups(after)];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => 0);
  return Buffer.concat([...head, ...zeros, ...tail].map(portBytes));
}

function portBytes(port: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(port);
  return bytes;
}

async function boundLength(socket: Socket, kind: number | undefined, proxy: string): Promise<number> {
  if (kind === 1) return 4;
  if (kind === 4) return 16;
  if (kind !== 3) throw refused(proxy, 'it does not speak SOCKS 5');
  return (await readBytes(socket, 1, proxy))[0] ?? 0;
}

function refusal(reply: number, { host, proxy }: TunnelRequest): BridgeError {
  const detail = refusals[reply] ?? `the proxy answered ${reply}`;
  return aboutServer.has(reply) ? new BridgeError('server-unreachable', { server: host, detail }) : refused(proxy, detail);
}

const refused = (server: string, detail: string): BridgeError => new BridgeError('proxy-refused', { server, detail });

const loginFault = (login: ProxyLogin | null, server: string): BridgeError =>
  new BridgeError('wrong-proxy-password', {
    server,
    detail: login === null ? 'the proxy wants a user name' : 'the proxy refused user name or password',
  });
