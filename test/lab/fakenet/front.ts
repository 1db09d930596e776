import { createServer, request } from 'node:http';
import { pickFreePorts } from '../core/free-ports.ts';

export interface Front {
  readonly url: string;
  stop(): Promise<void>;
}

/** Where the bridge's API is found below the homeserver's own address, as administrators put it. */
const bridgePath = '/bridges/fakenet';

/** What stands before a homeserver in practice: passes everything on, and names the bridges in a well-known file. */
export async function startFront({ homeserver, bridge }: { homeserver: string; bridge: string }): Promise<Front> {
  const [port = 0] = await pickFreePorts(1);
  const address = `http://127.0.0.1:${String(port)}`;
  const server = createServer((incoming, outgoing) => {
    const asked = incoming.url ?? '/';
    const isForBridge = asked.startsWith(bridgePath);
    const target = new URL(isForBridge ? bridge : homeserver);
    const url = isForBridge ? asked.slice(bridgePath.length) : asked;
    if (url === '/.well-known/matrix/mautrix') {
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify({ 'fi.mau.bridges': [address + bridgePath], 'fi.mau.external_bridge_servers': [] }));
      return;
    }
    const { method, headers } = incoming;
    const onward = request({ host: target.hostname, port: target.port, path: url, method, headers: { ...headers, host: target.host } }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', () => resolve()));
  server.unref();
  return {
    url: address,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
