import { connect, type TLSSocket } from 'node:tls';
import type { XmppServer } from '../../lab/index.ts';

/** The least an XMPP client can be: a TLS socket, PLAIN, bind. It waits for words in the stream; it parses no XML. */
export class RawXmpp {
  private readonly socket: TLSSocket;
  private received = '';
  private wake: () => void = () => {};
  private isSignedIn = false;

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.received += text;
      // Takes the acknowledgement along that a server with Nagle's algorithm waits for, as our engine does.
      if (this.isSignedIn) setImmediate(() => this.nudge());
      this.wake();
    });
  }

  static async login(server: Pick<XmppServer, 'host' | 'domain' | 'directTlsPort' | 'caPem'>, user: string, password: string): Promise<RawXmpp> {
    const options = { host: server.host, port: server.directTlsPort, servername: server.domain, ca: server.caPem, ALPNProtocols: ['xmpp-client'] };
    const socket = await new Promise<TLSSocket>((resolve, reject) => {
      const connecting = connect(options, () => resolve(connecting));
      connecting.once('error', reject);
    });
    const client = new RawXmpp(socket);
    const open = `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${server.domain}' version='1.0'>`;
    client.write(open);
    await client.until('</stream:features>');
    const credentials = Buffer.from(`\0${user}\0${password}`).toString('base64');
    client.write(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${credentials}</auth>`);
    await client.until('<success');
    client.write(open);
    await client.until('</stream:features>');
    client.write(`<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>`);
    await client.until('</bind></iq>');
    client.isSignedIn = true;
    return client;
  }

  private nudge(): void {
    if (this.socket.writable) this.socket.write(' ');
  }

  write(text: string): void {
    this.socket.write(text);
  }

  /** Everything received up to and with these words; what stands behind them stays for the next call. */
  async until(words: string): Promise<string> {
    let searchedTo = 0;
    for (;;) {
      const at = this.received.indexOf(words, Math.max(0, searchedTo - words.length));
      if (at >= 0) {
        const end = at + words.length;
        const taken = this.received.slice(0, end);
        this.received = this.received.slice(end);
        return taken;
      }
      searchedTo = this.received.length;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  close(): void {
    this.socket.end('</stream:stream>');
    this.socket.destroy();
  }
}
