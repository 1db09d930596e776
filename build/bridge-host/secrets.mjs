import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Secrets by name, made once and kept beside the output: a second run must not change tokens that are in use.
 * @returns {(name: string, make?: () => string) => string}
 */
export function openSecrets(folder) {
  const file = join(folder, 'secrets.json');
  const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  return (name, make = () => randomBytes(32).toString('hex')) => {
    if (known[name] === undefined) {
      known[name] = make();
      writeFileSync(file, `${JSON.stringify(known, undefined, 1)}\n`, { mode: 0o600 });
    }
    return known[name];
  };
}

/** Synapse's own format: algorithm, key id, seed in unpadded base64. */
export const newSigningKey = () => `ed25519 a_${randomBytes(2).toString('hex')} ${randomBytes(32).toString('base64').replaceAll('=', '')}`;
