import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TcpConnection } from '../../../bridges/xmpp/stream/tcp-connection.ts';
import { until } from '../../kit/until.ts';

const header = '<stream:stream xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams" version="1.0">';
const largeMessage = `<message><body>${'a'.repeat(8_000)}</body></message>`;

let server: Server;
let peer: Socket;
let plain: Socket;
let connection: TcpConnection;
let heard = '';

beforeEach(async () => {
  heard = '';
  server = createServer((socket) => {
    peer = socket;
    socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  plain = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  await Promise.all([once(plain, 'connect'), once(server, 'connection')]);
  const endpoint = { host: 'xmpp.test', port: 5222, security: 'starttls' } as const;
  connection = await TcpConnection.over(plain, { endpoint, isProxied: false }, { domain: 'xmpp.test' }, new AbortController().signal);
  connection.openStream('xmpp.test', null);
  await until(() => heard.endsWith('>'));
});

afterEach(() => {
  plain.destroy();
  peer.destroy();
  server.close();
});

test('a space takes the acknowledgement of a burst along, once the session is made', async () => {
  const received: string[] = [];
  connection.listen({ onElement: (element) => received.push(element.name), onClose: () => undefined });
  peer.write(header + largeMessage);
  await until(() => received.length === 1);
  await until(() => heard.endsWith('"> '));
});

test('nothing stands between the elements of a sign-in, however much the server says', async () => {
  connection.write('<auth/>');
  peer.write(`${header}${largeMessage}`);
  await connection.next(5_000);
  plain.emit('session', Buffer.alloc(0));
  await new Promise((resolve) => setImmediate(resolve));
  connection.write('<response/>');
  await until(() => heard.endsWith('<response/>'));
  expect(heard.endsWith('<auth/><response/>')).toBe(true);
});

test('the tickets of TLS are acknowledged while the server holds its features back', async () => {
  plain.emit('session', Buffer.alloc(0));
  await until(() => heard.endsWith('"> '));
  expect(heard).not.toContain('<auth');
});
