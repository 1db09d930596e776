/** What every XMPP server of the lab is, whoever made it: tests that ask for no more run against each of them. */
export interface XmppServer {
  product: 'prosody' | 'ejabberd';
  domain: string;
  host: '127.0.0.1';
  c2sPort: number;
  directTlsPort: number;
  httpPort: number;
  httpsPort: number;
  componentPort: number;
  /** For a component that connects: `gateway.<domain>` and those of the options. */
  componentSecret: string;
  caFile: string;
  caPem: string;
  /** What the server says of itself, for example `0.12.3`. */
  version: string;
  dir: string;
  logFile: string;
  pid: number;
  /** Makes an account; an existing one gets the new password. */
  register(user: string, password: string): Promise<void>;
  /** SIGKILL, as a crash. */
  kill(): Promise<void>;
  /** Starts again with the same accounts, archive and ports, after a kill too. */
  restart(): Promise<void>;
  /** Ends it for good: data is removed, logs go to the cache. */
  stop(): Promise<void>;
}

/** What is needed to use a server: those that others use too have no more. */
export type XmppPlace = Omit<XmppServer, 'kill' | 'restart' | 'stop'>;
