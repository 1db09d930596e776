import { connect } from 'node:tls';
import { until } from '../../kit/until.ts';

export interface RawStreamPlace {
  domain: string;
  host: string;
  directTlsPort: number;
  caPem: string;
}

export interface RawStream {
  /** Everything the server wrote so far. */
  readonly text: string;
  write(xml: string): void;
  /** Waits until the server has written something that matches, and answers with all of it. */
  waitFor(pattern: RegExp): Promise<string>;
  close(): void;
}

/** An XML stream over direct TLS with nothing but its opening written: to see what a server says before a login. */
export async function openRawStream(place: RawStreamPlace, user?: string): Promise<RawStream> {
  let text = '';
  const options = { host: place.host, port: place.directTlsPort, ca: place.caPem };
  const socket = connect({ ...options, servername: place.domain, ALPNProtocols: ['xmpp-client'] });
  const failed = new AbortController();
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.on('error', (error) => failed.abort(error));
  const from = user === undefined ? '' : ` from="${user}@${place.domain}"`;
  const names = 'xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams"';
  socket.write(`<?xml version="1.0"?><stream:stream to="${place.domain}"${from} version="1.0" ${names}>`);
  const waitFor = async (pattern: RegExp): Promise<string> => {
    await until(() => pattern.test(text), { label: `${pattern} in "${text}"`, signal: failed.signal });
    return text;
  };
  await waitFor(/<\/stream:features>/);
  return {
    get text() {
      return text;
    },
    write: (xml) => void socket.write(xml),
    waitFor,
    close: () => socket.destroy(),
  };
}
