import type { Socket } from 'node:net';
import { BridgeError } from '#bridge';
import type { AddressLookup } from '../dns/resolver.ts';
import { openTcp } from '../secure-socket.ts';
import { connectByHttp } from './http-connect.ts';
import { connectBySocks } from './socks5.ts';
import type { Proxy } from './proxy-kinds.ts';
import { race } from './race.ts';
import { findTargets } from './find-targets.ts';

const staggerMs = 250;

/**
 * A TCP connection through a proxy. The name goes there as it is, so that nobody here is asked for its address.
 * @throws BridgeError `proxy-unreachable`, `proxy-refused`, `wrong-proxy-password`; `server-unreachable` when it is the
 *   server behind it that does not answer
 */
export async function openThrough(
  proxy: Proxy,
  host: string,
  port: number,
  lookUp: AddressLookup,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await reach(proxy, lookUp, signal);
  const abort = (): void => void socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    const { username } = proxy;
    const login = username === '' ? null : { username, password: await proxy.findPassword() };
    if (proxy.kind === 'http') await connectByHttp(socket, { host, port, login, proxy: proxy.host });
    else await connectBySocks(socket, { host, port, login, proxy: proxy.host });
    return socket;
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function reach({ host, port }: Proxy, lookUp: AddressLookup, signal: AbortSignal): Promise<Socket> {
  let reason = 'no address';
  const note = (error: unknown): void => void (reason = error instanceof Error ? error.message : String(error));
  const targets = await findTargets([{ host, port, security: 'starttls' }], lookUp, note);
  const connect = (target: (typeof targets)[number], either: AbortSignal): Promise<Socket> =>
    openTcp(target.address, port, host, either);
  const winner = await race(targets, { staggerMs, signal, connect, onFailure: (_, error) => note(error) });
  if (winner === null) throw new BridgeError('proxy-unreachable', { server: host, detail: reason });
  return winner.socket;
}
