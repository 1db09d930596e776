import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { BridgeError } from '#bridge';
import type { ChannelBindingType } from '../../extensions/0440-channel-binding-types.ts';
import { isOfferUntouched, type SaslOffer } from '../../extensions/0474-scram-downgrade-protection.ts';
import type { SaslMechanism } from './mechanism.ts';
import { saslprep, SaslprepError } from './saslprep.ts';

export type ScramHash = 'sha1' | 'sha256' | 'sha512';

export interface ScramOptions {
  readonly hash: ScramHash;
  readonly username: string;
  readonly password: string;
  /** What TLS knows of this connection (RFC 9266, RFC 5929); makes this a -PLUS mechanism. */
  readonly channelBinding?: { readonly type: ChannelBindingType; readonly data: Buffer } | undefined;
  /** What the server offered, to be compared with what it says that it offered (XEP-0474). */
  readonly offer?: SaslOffer | undefined;
  /** Only tests set it. */
  readonly nonce?: string | undefined;
}

const hashBytes: Readonly<Record<ScramHash, number>> = { sha1: 20, sha256: 32, sha512: 64 };
const leastIterations = 4096;
/** A hostile server could otherwise keep a core busy for minutes. */
const mostIterations = 5_000_000;
const deriveKey = promisify(pbkdf2);

/**
 * SCRAM (RFC 5802, RFC 7677) with optional channel binding (RFC 9266, RFC 5929).
 * Without channel binding the gs2 flag is always `n`: a server may offer -PLUS and check another binding type
 * (ejabberd before 24.02), and would take `y` for an attack.
 *
 * @throws BridgeError `wrong-password` when user name or password hold what SASLprep forbids
 */
export function scram(options: ScramOptions): SaslMechanism {
  const { hash, channelBinding } = options;
  const clientNonce = options.nonce ?? randomBytes(24).toString('base64');
  const gs2Header = channelBinding === undefined ? 'n,,' : `p=${channelBinding.type},,`;
  const clientFirstBare = `n=${escapeName(prepared(options.username, 'user name'))},r=${clientNonce}`;
  const password = prepared(options.password, 'password');
  let serverSignature: Buffer | null = null;

  const hmac = (key: Buffer, data: string): Buffer => createHmac(hash, key).update(data).digest();

  return {
    initialResponse: Buffer.from(gs2Header + clientFirstBare),

    async respond(challenge) {
      const serverFirst = challenge.toString('utf8');
      const { nonce, salt, iterations, offerHash } = parseServerFirst(serverFirst, clientNonce);
      checkOffer(offerHash, options);
      const saltedPassword = await deriveKey(password, salt, iterations, hashBytes[hash], hash);
      const clientKey = hmac(saltedPassword, 'Client Key');
      const storedKey = createHash(hash).update(clientKey).digest();
      const bindingData = Buffer.concat([Buffer.from(gs2Header), channelBinding?.data ?? Buffer.alloc(0)]);
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

function prepared(text: string, what: string): string {
  try {
    return saslprep(text);
  } catch (error) {
    if (!(error instanceof SaslprepError)) throw error;
    throw new BridgeError('wrong-password', { detail: `the ${what} holds ${error.message}` });
  }
}

/** A server that does not know XEP-0474 says nothing, and the pinned mechanism is all that protects us. */
function checkOffer(claimed: string | null, { offer, hash }: ScramOptions): void {
  if (claimed === null || offer === undefined || isOfferUntouched(claimed, offer, hash)) return;
  throw new BridgeError('server-not-trusted', { detail: 'the list of sign-in methods was changed on its way here' });
}

interface ServerFirst {
  readonly nonce: string;
  readonly salt: Buffer;
  readonly iterations: number;
  readonly offerHash: string | null;
}

function parseServerFirst(message: string, clientNonce: string): ServerFirst {
  const match = /^r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/]+=*),i=(\d{1,10})((?:,[A-Za-z]=[^,]*)*)$/.exec(message);
  const [, nonce = '', salt = '', iterationText = '', extensions = ''] = match ?? [];
  const iterations = Number(iterationText);
  const isNonceOurs = nonce.startsWith(clientNonce) && nonce.length > clientNonce.length;
  if (match === null || !isNonceOurs) {
    throw new BridgeError('server-not-trusted', { detail: 'the server broke the SCRAM exchange' });
  }
  if (iterations < leastIterations || iterations > mostIterations) {
    throw new BridgeError('server-not-trusted', { detail: `the server asked for ${iterations} SCRAM iterations` });
  }
  const offerHash = /,h=([^,]*)/.exec(extensions)?.[1] ?? null;
  return { nonce, salt: Buffer.from(salt, 'base64'), iterations, offerHash };
}
