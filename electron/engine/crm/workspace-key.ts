import { randomBytes } from 'node:crypto';
import { Permanent } from './errors.ts';
import { secrets } from '../store/repositories/secrets.ts';
import { settings } from '../store/repositories/settings.ts';
import type { WritableDb } from '../store/database.ts';
import type { SecretVault } from './connection-values.ts';

const secretName = 'crm-workspace-key';
/** More than one only where a keychain was lost and replaced. */
const mostKeys = 100;
/** Where the key waits as long as nobody has chosen a passphrase; null once it is sealed. */
const unsealedName = 'crm.workspaceKey';

/**
 * The key from which all names of pushed objects come; made at first use, sealed like a password.
 *
 * It opens nothing: it only keeps others from guessing whom a marker in the CRM is about. So pushing to a folder works
 * before there is a vault, and the key is sealed as soon as there is one. One that cannot be opened (its keychain is
 * gone) is never written over: a new one is put behind it, and the first is used again once its keychain is back.
 * @throws Permanent `locked` when it is sealed and the vault is closed
 */
export function openWorkspaceKey(db: WritableDb, vault: SecretVault): Uint8Array {
  const sealed = readSealed(db);
  if (!vault.isOpen()) {
    if (sealed.length > 0) throw new Permanent('locked', { detail: 'secrets are sealed' });
    return readUnsealed(db) ?? writeUnsealed(db, randomBytes(32));
  }
  for (const one of sealed) {
    const known = vault.unseal(secretName, one);
    if (known !== null) return Buffer.from(known, 'base64');
  }
  const key = readUnsealed(db) ?? randomBytes(32);
  secrets.set(db, 'vault', nameOf(sealed.length), vault.seal(secretName, Buffer.from(key).toString('base64')));
  settings.write(db, [[unsealedName, null]]);
  return key;
}

const nameOf = (index: number): string => (index === 0 ? secretName : `${secretName}-${index + 1}`);

/** Every key there ever was, oldest first. */
function readSealed(db: WritableDb): readonly Uint8Array[] {
  const sealed: Uint8Array[] = [];
  for (let index = 0; index < mostKeys; index += 1) {
    const one = secrets.get(db, 'vault', nameOf(index));
    if (one === null) break;
    sealed.push(one);
  }
  return sealed;
}

function readUnsealed(db: WritableDb): Uint8Array | null {
  const value = settings.read(db).get(unsealedName);
  return typeof value === 'string' ? Buffer.from(value, 'base64') : null;
}

function writeUnsealed(db: WritableDb, key: Uint8Array): Uint8Array {
  settings.write(db, [[unsealedName, Buffer.from(key).toString('base64')]]);
  return key;
}
