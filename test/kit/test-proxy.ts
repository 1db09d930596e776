import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface TestProxyOptions {
  readonly kind: 'http' | 'socks5';
  /** Nobody gets through without it. */
  readonly login?: { readonly username: string; readonly password: string } | undefined;
  /** What names resolve to at the proxy, which is the only place that knows them. */
  readonly hosts?: Readonly<Record<string, string>> | undefined;
  /** Says no to everything. */
  readonly isRefusing?: boolean | undefined;
}

export interface TestProxy {
  readonly port: number;
  /** `host:port` of every request, as it came. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** A small HTTP (CONNECT) or SOCKS 5 proxy on 127.0.0.1, written from the RFCs for tests. */
export async function startTestProxy(options: TestProxyOptions): Promise<TestProxy> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => undefined);
    const serve = options.kind === 'http' ? serveHttp : serveSocks;
    serve(client, options, (host, port, answer) => {
      requests.push(`${host}:${port}`);
      const target = connect(port, options.hosts?.[host] ?? host);
      sockets.add(target);
      target.on('error', () => answer(false));
      target.once('connect', () => {
        answer(true);
        client.pipe(target).pipe(client);
        client.on('close', () => target.destroy());
        target.on('close', () => client.destroy());
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

type Connect = (host: string, port: number, answer: (isOpen: boolean) => void) => void;

function serveHttp(client: Socket, { login, isRefusing }: TestProxyOptions, open: Connect): void {
  let received = '';
  const onData = (chunk: Buffer): void => {
    received += chunk.toString('latin1');
    if (!received.includes('\r\n\r\n')) return;
    client.removeListener('data', onData);
    const [, host = '', port = ''] = /^CONNECT \[?([^\s\]]+)\]?:(\d+) HTTP\/1\.1\r\n/.exec(received) ?? [];
    const given = /^Proxy-Authorization: Basic (.*)$/im.exec(received)?.[1]?.trim();
    const wanted = login && Buffer.from(`${login.username}:${login.password}`).toString('base64');
    const answer = (status: string): string => `HTTP/1.1 ${status}\r\nVia: test\r\n\r\n`;
    if (isRefusing) client.end(answer('403 Forbidden'));
    else if (wanted !== undefined && given !== wanted) client.end(answer('407 Proxy Authentication Required'));
    else {
      open(host, Number(port), (isOpen) => {
        if (isOpen) client.write(answer('200 Connection established'));
        else client.end(answer('502 Bad Gateway'));
      });
    }
  };
  client.on('data', onData);
}

function serveSocks(client: Socket, { login, isRefusing }: TestProxyOptions, open: Connect): void {
  let received = Buffer.alloc(0);
  let step: (bytes: Buffer) => number = greet;
  const onData = (chunk: Buffer): void => {
    received = Buffer.concat([received, chunk]);
    for (let used = step(received); used > 0; used = received.length > 0 ? step(received) : 0) received = received.subarray(used);
  };
  client.on('data', onData);

  function greet(bytes: Buffer): number {
    const count = bytes[1] ?? 0;
    if (bytes.length < 2 + count) return 0;
    const method = login ? 2 : 0;
    const isOffered = bytes.subarray(2, 2 + count).includes(method);
    client.write(Buffer.from([5, isOffered ? method : 255]));
    step = login ? signIn : request;
    return 2 + count;
  }
  function signIn(bytes: Buffer): number {
    const nameLength = bytes[1] ?? 0;
    const secretLength = bytes[2 + nameLength] ?? 0;
    const length = 3 + nameLength + secretLength;
    if (bytes.length < length) return 0;
    const name = bytes.subarray(2, 2 + nameLength).toString();
    const secret = bytes.subarray(3 + nameLength, length).toString();
    const isRight = name === login?.username && secret === login.password;
    client.write(Buffer.from([1, isRight ? 0 : 1]));
    step = request;
    return length;
  }
  function request(bytes: Buffer): number {
    const kind = bytes[3];
    const head = kind === 3 ? 5 : 4;
    const hostLength = kind === 3 ? (bytes[4] ?? 0) : kind === 1 ? 4 : 16;
    const length = head + hostLength + 2;
    if (bytes.length < length) return 0;
    const raw = bytes.subarray(head, head + hostLength);
    const host = kind === 3 ? raw.toString() : kind === 1 ? raw.join('.') : (raw.toString('hex').match(/.{4}/g) ?? []).join(':');
    client.removeListener('data', onData);
    const answer = (code: number): boolean => client.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]));
    if (isRefusing) answer(2);
    else open(host, bytes.readUInt16BE(head + hostLength), (isOpen) => answer(isOpen ? 0 : 5));
    return length;
  }
}
