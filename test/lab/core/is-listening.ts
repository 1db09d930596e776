import { connect } from 'node:net';

/** True when something accepts TCP connections on this port of 127.0.0.1. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export async function areAllListening(ports: readonly number[]): Promise<boolean> {
  const answers = await Promise.all(ports.map(isListening));
  return answers.every(Boolean);
}
