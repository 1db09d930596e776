import { randomBytes } from 'node:crypto';
import { Permanent } from './errors.ts';
import { secrets } from '../store/repositories/secrets.ts';
import { settings } from '../store/repositories/settings.ts';
import type { WritableDb } from '../store/database.ts';
import type { SecretVault } from './connection-values.ts';

const secretName = 'crm-workspace-key';
/** Where the key waits as long as nobody has chosen a passphrase; null once it is sealed. */
const unsealedName = 'crm.workspaceKey';

/**
 * The key from which all names of pushed objects come; made at first use, sealed like a password.
 *
 * It opens nothing: it only keeps others from guessing whom a marker in the CRM is about. So pushing to a folder works
 * before there is a vault, and the key is sealed as soon as there is one.
 * @throws Permanent `locked` when it is sealed and the vault is closed
 */
export function openWorkspaceKey(db: WritableDb, vault: SecretVault): Uint8Array {
  const sealed = secrets.get(db, 'vault', secretName);
  if (!vault.isOpen()) {
    if (sealed !== null) throw new Permanent('locked', { detail: 'secrets are sealed' });
    return readUnsealed(db) ?? writeUnsealed(db, randomBytes(32));
  }
  const known = sealed === null ? null : vault.unseal(secretName, sealed);
  if (known !== null) return Buffer.from(known, 'base64');
  // Also when the old one was sealed by a keychain that is gone: links and tags stay, only lost ones are not found.
  const key = readUnsealed(db) ?? randomBytes(32);
  secrets.set(db, 'vault', secretName, vault.seal(secretName, Buffer.from(key).toString('base64')));
  settings.write(db, [[unsealedName, null]]);
  return key;
}

function readUnsealed(db: WritableDb): Uint8Array | null {
  const value = settings.read(db).get(unsealedName);
  return typeof value === 'string' ? Buffer.from(value, 'base64') : null;
}

function writeUnsealed(db: WritableDb, key: Uint8Array): Uint8Array {
  settings.write(db, [[unsealedName, Buffer.from(key).toString('base64')]]);
  return key;
}
