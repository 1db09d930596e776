import type { WebSocket } from 'ws';
import type { ClientTransport } from '../rpc/client-transport.ts';

/** A page that reads slower than this much is behind hears merged events until it caught up. */
const congestedBytes = 1024 * 1024;
const pingEveryMs = 20_000;

/** A WebSocket as the engine sees every page. Frames are JSON text; anything else ends the connection. */
export const pageTransport = (socket: WebSocket): ClientTransport => ({
  post: (frame) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
  },
  onFrame: (listener) => {
    socket.on('message', (data, isBinary) => {
      const frame = isBinary ? undefined : parseFrame(String(data));
      if (frame === undefined) socket.close(1003, 'text frames with JSON only');
      else listener(frame);
    });
  },
  onClose: (listener) => void socket.once('close', listener),
  isCongested: () => socket.bufferedAmount > congestedBytes,
});

const parseFrame = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Ends a connection whose other side is gone without a word (a laptop that slept). */
export const keepAlive = (socket: WebSocket): void => {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) {
      socket.terminate();
      return;
    }
    isAlive = false;
    socket.ping();
  }, pingEveryMs);
  timer.unref();
  socket.once('close', () => clearInterval(timer));
};
