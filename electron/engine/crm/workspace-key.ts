import { randomBytes } from 'node:crypto';
import { Permanent } from './errors.ts';
import { secrets } from '../store/repositories/secrets.ts';
import type { WritableDb } from '../store/database.ts';
import type { SecretVault } from './connection-values.ts';

const secretName = 'crm-workspace-key';

/**
 * The key from which all names of pushed objects come; made at first use, sealed like a password.
 * @throws Permanent `locked` while the vault is closed
 */
export function openWorkspaceKey(db: WritableDb, vault: SecretVault): Uint8Array {
  if (!vault.isOpen()) throw new Permanent('locked', { detail: 'secrets are sealed' });
  const sealed = secrets.get(db, 'vault', secretName);
  const known = sealed === null ? null : vault.unseal(secretName, sealed);
  if (known !== null) return Buffer.from(known, 'base64');
  // Also when the old one was sealed by a keychain that is gone: links and tags stay, only lost ones are not found.
  const key = randomBytes(32);
  secrets.set(db, 'vault', secretName, vault.seal(secretName, key.toString('base64')));
  return key;
}
