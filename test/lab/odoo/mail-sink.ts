import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface MailSink {
  readonly port: number;
  /** Addresses of everybody who was mailed, in order. */
  readonly recipients: readonly string[];
  stop(): Promise<void>;
}

/** A mail server that takes every mail and delivers none (as much of RFC 5321 as a sender needs). */
export async function startMailSink(): Promise<MailSink> {
  const recipients: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    serve(socket, (address) => recipients.push(address));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    recipients,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function serve(socket: Socket, received: (address: string) => void): void {
  let rest = '';
  let isInText = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  say('220 sink');
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (isInText) {
        if (line !== '.') continue;
        isInText = false;
        say('250 taken');
        continue;
      }
      const address = /^RCPT TO:\s*<([^>]*)>/i.exec(line)?.[1];
      if (address !== undefined) received(address);
      isInText = /^DATA$/i.test(line);
      say(isInText ? '354 go on' : /^QUIT$/i.test(line) ? '221 bye' : '250 sink');
    }
  });
}
