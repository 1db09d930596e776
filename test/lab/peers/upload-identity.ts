import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { MatrixPeer } from './matrix-peer.ts';

interface SigningKey {
  /** Unpadded base64, as it is named everywhere. */
  readonly name: string;
  readonly secret: KeyObject;
}

const newKey = (): SigningKey => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { name: unpadded(Buffer.from(x, 'base64url')), secret: privateKey };
};

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/u, '');

/** Keys in order and nothing between: what every program signs. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
};

/**
 * Gives an account a new identity, as a program does that has lost the old one. Its devices are not signed by it.
 * @see https://spec.matrix.org/v1.16/client-server-api/#post_matrixclientv3keysdevice_signingupload
 * @throws Error when the server refuses
 */
export async function uploadIdentity(peer: MatrixPeer, password: string): Promise<void> {
  const master = newKey();
  const keyOf = (usage: string, key: SigningKey) => ({ user_id: peer.userId, usage: [usage], keys: { [`ed25519:${key.name}`]: key.name } });
  const signed = (usage: string) => {
    const body = keyOf(usage, newKey());
    const signature = unpadded(sign(null, Buffer.from(canonical(body)), master.secret));
    return { ...body, signatures: { [peer.userId]: { [`ed25519:${master.name}`]: signature } } };
  };
  await peer.call('POST', '/v3/keys/device_signing/upload', {
    master_key: keyOf('master', master),
    self_signing_key: signed('self_signing'),
    user_signing_key: signed('user_signing'),
    auth: { type: 'm.login.password', identifier: { type: 'm.id.user', user: peer.userId }, password },
  });
}
