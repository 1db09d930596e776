import type { Socket } from 'node:net';
import { BridgeError } from '#bridge';

/** Waits until the socket has something to read. @throws BridgeError `proxy-unreachable` when it closes before */
export function untilReadable(socket: Socket, proxy: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void): void => {
      socket.removeListener('readable', onReadable);
      socket.removeListener('close', onClose);
      action();
    };
    const onReadable = (): void => settle(resolve);
    const onClose = (): void =>
      settle(() => reject(new BridgeError('proxy-unreachable', { server: proxy, detail: 'the proxy closed the connection' })));
    socket.once('readable', onReadable);
    socket.once('close', onClose);
    if (socket.destroyed) onClose();
  });
}

/** Exactly so many bytes; what follows them stays in the socket. */
export async function readBytes(socket: Socket, count: number, proxy: string): Promise<Buffer> {
  for (;;) {
    const bytes = socket.read(count) as Buffer | null;
    if (bytes?.length === count) return bytes;
    if (bytes !== null || socket.readableEnded || socket.destroyed) {
      throw new BridgeError('proxy-unreachable', { server: proxy, detail: 'the proxy closed the connection' });
    }
    await untilReadable(socket, proxy);
  }
}
