import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { BridgeError } from '#bridge';
import type { SaslMechanism } from './mechanism.ts';

export type ScramHash = 'sha1' | 'sha256';

export interface ScramOptions {
  readonly hash: ScramHash;
  readonly username: string;
  readonly password: string;
  /** Keying material of `tls-exporter` (RFC 9266); makes this a -PLUS mechanism. */
  readonly channelBinding?: Buffer | undefined;
  /** Only tests set it. */
  readonly nonce?: string | undefined;
}

const hashBytes: Readonly<Record<ScramHash, number>> = { sha1: 20, sha256: 32 };
const leastIterations = 4096;
/** A hostile server could otherwise keep a core busy for minutes. */
const mostIterations = 5_000_000;
const deriveKey = promisify(pbkdf2);

/**
 * SCRAM (RFC 5802, RFC 7677) with optional `tls-exporter` channel binding (RFC 9266).
 * Without channel binding the gs2 flag is always `n`: a server may offer -PLUS and check another binding type
 * (ejabberd before 24.02), and would take `y` for an attack.
 */
export function scram(options: ScramOptions): SaslMechanism {
  const { hash, channelBinding } = options;
  const clientNonce = options.nonce ?? randomBytes(24).toString('base64');
  const gs2Header = channelBinding === undefined ? 'n,,' : 'p=tls-exporter,,';
  const clientFirstBare = `n=${escapeName(options.username.normalize('NFC'))},r=${clientNonce}`;
  let serverSignature: Buffer | null = null;

  const hmac = (key: Buffer, data: string): Buffer => createHmac(hash, key).update(data).digest();

  return {
    initialResponse: Buffer.from(gs2Header + clientFirstBare),

    async respond(challenge) {
      const serverFirst = challenge.toString('utf8');
      const { nonce, salt, iterations } = parseServerFirst(serverFirst, clientNonce);
      const password = options.password.normalize('NFKC');
      const saltedPassword = await deriveKey(password, salt, iterations, hashBytes[hash], hash);
      const clientKey = hmac(saltedPassword, 'Client Key');
      const storedKey = createHash(hash).update(clientKey).digest();
      const bindingData = Buffer.concat([Buffer.from(gs2Header), channelBinding ?? Buffer.alloc(0)]);
      const clientFinalBare = `c=${bindingData.toString('base64')},r=${nonce}`;
      const authMessage = `${clientFirstBare},${serverFirst},${clientFinalBare}`;
      const clientSignature = hmac(storedKey, authMessage);
      const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (clientSignature[index] ?? 0)));
      serverSignature = hmac(hmac(saltedPassword, 'Server Key'), authMessage);
      return Buffer.from(`${clientFinalBare},p=${proof.toString('base64')}`);
    },

    /** The server proves with `v=` that it knows our password too; without it `<success/>` is worth nothing. */
    verify(finalData) {
      const sent = /^v=([^,]+)/.exec(finalData?.toString('utf8') ?? '')?.[1];
      if (serverSignature === null || sent === undefined) return false;
      const signature = Buffer.from(sent, 'base64');
      return signature.length === serverSignature.length && timingSafeEqual(signature, serverSignature);
    },
  };
}

const escapeName = (name: string): string => name.replaceAll('=', '=3D').replaceAll(',', '=2C');

function parseServerFirst(message: string, clientNonce: string): { nonce: string; salt: Buffer; iterations: number } {
  const match = /^r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/]+=*),i=(\d{1,10})(?:,|$)/.exec(message);
  const [, nonce = '', salt = '', iterationText = ''] = match ?? [];
  const iterations = Number(iterationText);
  const isNonceOurs = nonce.startsWith(clientNonce) && nonce.length > clientNonce.length;
  if (match === null || !isNonceOurs) {
    throw new BridgeError('server-not-trusted', { detail: 'the server broke the SCRAM exchange' });
  }
  if (iterations < leastIterations || iterations > mostIterations) {
    throw new BridgeError('server-not-trusted', { detail: `the server asked for ${iterations} SCRAM iterations` });
  }
  return { nonce, salt: Buffer.from(salt, 'base64'), iterations };
}
