import * as crypto from 'node:crypto';
import { promisify } from 'node:util';
import { keyBytes } from './seal.ts';

/** How a key was made from a passphrase; stored beside the wrapped key so that costs can rise later. */
export type KeyDerivation =
  | {
      readonly kind: 'argon2id';
      readonly salt: string;
      readonly memoryKib: number;
      readonly passes: number;
      readonly lanes: number;
    }
  | { readonly kind: 'scrypt'; readonly salt: string; readonly cost: number; readonly blockSize: number };

const saltBytes = 16;
const scrypt = promisify<crypto.BinaryLike, crypto.BinaryLike, number, crypto.ScryptOptions, Buffer>(crypto.scrypt);

/** Absent where Node is built on a TLS library without Argon2. */
const hasArgon2 = (): boolean => typeof crypto.argon2 === 'function';

export const canDerive = (derivation: KeyDerivation): boolean => derivation.kind === 'scrypt' || hasArgon2();

/**
 * The derivations to wrap a new key with. Argon2id costs three times what OWASP's Password Storage Cheat Sheet
 * asks for at least (19 MiB, t=2); scrypt is its recommendation (N=2^17, r=8) and is kept beside it, so that the
 * vault also opens in a runtime without Argon2.
 */
export const newDerivations = (): readonly KeyDerivation[] => {
  const salt = (): string => crypto.randomBytes(saltBytes).toString('base64');
  const scryptDerivation: KeyDerivation = { kind: 'scrypt', salt: salt(), cost: 2 ** 17, blockSize: 8 };
  if (!hasArgon2()) return [scryptDerivation];
  return [{ kind: 'argon2id', salt: salt(), memoryKib: 64 * 1024, passes: 3, lanes: 1 }, scryptDerivation];
};

/** Derives 32 bytes off the main thread. The passphrase is normalised (NFKC): keyboards differ in how they compose. */
export const deriveKey = async (passphrase: string, derivation: KeyDerivation): Promise<Buffer> => {
  const message = Buffer.from(passphrase.normalize('NFKC'), 'utf8');
  const nonce = Buffer.from(derivation.salt, 'base64');
  if (derivation.kind === 'scrypt') {
    const { cost, blockSize } = derivation;
    return scrypt(message, nonce, keyBytes, { N: cost, r: blockSize, p: 1, maxmem: 256 * cost * blockSize });
  }
  return new Promise((resolve, reject) => {
    const { memoryKib, passes, lanes } = derivation;
    const parameters = { message, nonce, parallelism: lanes, tagLength: keyBytes, memory: memoryKib, passes };
    crypto.argon2('argon2id', parameters, (error, key) => (error ? reject(error) : resolve(key)));
  });
};
