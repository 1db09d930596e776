import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { StubPeer } from './stub-server.ts';

export interface Sasl2Offer {
  readonly mechanisms: readonly string[];
  readonly bindings?: readonly string[];
  readonly fast?: readonly string[];
  /** Resources are bound and sessions kept in the same step. */
  readonly hasBind?: boolean;
  /** Further features, as XML. */
  readonly more?: string;
}

/** Stream features of a server that knows SASL2. */
export function sasl2Features({ mechanisms, bindings = [], fast = [], hasBind = true, more = '' }: Sasl2Offer): string {
  const list = (names: readonly string[]): string => names.map((name) => `<mechanism>${name}</mechanism>`).join('');
  const inlineFeatures = ['urn:xmpp:carbons:2', 'urn:xmpp:csi:0', 'urn:xmpp:sm:3'].map((name) => `<feature var='${name}'/>`).join('');
  const bind = hasBind ? `<bind xmlns='urn:xmpp:bind:0'><inline>${inlineFeatures}</inline></bind><sm xmlns='urn:xmpp:sm:3'/>` : '';
  const tokens = fast.length === 0 ? '' : `<fast xmlns='urn:xmpp:fast:0'>${list(fast)}</fast>`;
  const types = bindings.map((type) => `<channel-binding type='${type}'/>`).join('');
  return (
    `<stream:features><authentication xmlns='urn:xmpp:sasl:2'>${list(mechanisms)}<inline>${bind}${tokens}</inline></authentication>` +
    (types === '' ? '' : `<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>${types}</sasl-channel-binding>`) +
    `${more}</stream:features>`
  );
}

export interface Sasl2Attempt {
  readonly mechanism: string;
  /** The whole first request. */
  readonly request: string;
  readonly initial: Buffer;
}

/** The client's first words. */
export async function readAuthenticate(peer: StubPeer): Promise<Sasl2Attempt> {
  const [request] = await peer.read(/<authenticate [^>]*>.*?<\/authenticate>/s);
  return {
    request,
    mechanism: /mechanism="([^"]+)"/.exec(request)?.[1] ?? '',
    initial: Buffer.from(/<initial-response>([^<]*)/.exec(request)?.[1] ?? '', 'base64'),
  };
}

export interface Sasl2Script {
  /** Put into the server's first message, as `,h=…`. */
  readonly extension?: string;
  /** What the server says last, from the right signature. */
  finish(signature: string): string;
}

/** Plays the server's side of SCRAM inside SASL2. */
export async function playSasl2Scram(peer: StubPeer, password: string, { extension = '', finish }: Sasl2Script): Promise<Sasl2Attempt> {
  const attempt = await readAuthenticate(peer);
  const hash = /SHA-(\d+)/.exec(attempt.mechanism)?.[0].replace('-', '').toLowerCase() ?? 'sha1';
  const clientFirst = attempt.initial.toString().replace(/^[^,]*,[^,]*,/, '');
  const nonce = `${/r=(.*)$/.exec(clientFirst)?.[1]}${randomBytes(9).toString('base64')}`;
  const salt = randomBytes(16);
  const serverFirst = `r=${nonce},s=${salt.toString('base64')},i=4096${extension}`;
  peer.send(`<challenge xmlns='urn:xmpp:sasl:2'>${Buffer.from(serverFirst).toString('base64')}</challenge>`);
  const [, response = ''] = await peer.read(/<response[^>]*>([^<]*)<\/response>/);
  const withoutProof = Buffer.from(response, 'base64').toString().replace(/,p=.*$/, '');
  const salted = pbkdf2Sync(password, salt, 4096, createHash(hash).update('').digest().length, hash);
  const serverKey = createHmac(hash, salted).update('Server Key').digest();
  const signature = createHmac(hash, serverKey).update(`${clientFirst},${serverFirst},${withoutProof}`).digest('base64');
  peer.send(finish(signature));
  return attempt;
}

/** Success with the server's proof, and what comes along. */
export const sasl2Success = (signature: string, more = ''): string =>
  `<success xmlns='urn:xmpp:sasl:2'><additional-data>${Buffer.from(`v=${signature}`).toString('base64')}</additional-data>` +
  `${more}<authorization-identifier>user@stub.test/Palomar.1</authorization-identifier></success>`;

export const bound = `<bound xmlns='urn:xmpp:bind:0'><enabled xmlns='urn:xmpp:sm:3' id='session' resume='1'/></bound>`;
