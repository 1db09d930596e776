import { createHash, randomBytes } from 'node:crypto';
import type { ConnectionId } from '#rpc';
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

const sharedName = 'workspace-key';

/**
 * The key of one connection: the one it was set up with by a company's file, else this device's own.
 * @throws Permanent `locked` when it is sealed and the vault is closed
 */
export function openConnectionKey(db: WritableDb, vault: SecretVault, id: ConnectionId): Uint8Array {
  const sealed = secrets.get(db, `connection:${id}`, sharedName);
  if (sealed === null) return openWorkspaceKey(db, vault);
  if (!vault.isOpen() || vault.stateOf(sealed) === 'locked') throw new Permanent('locked', { detail: 'secrets are sealed' });
  const key = vault.unseal(sharedContext(id), sealed);
  // With another key everything would be written a second time: better nothing than that.
  if (key === null) throw new Permanent('internal', { detail: 'the shared key of this connection cannot be opened; read in the file of the company again' });
  return Buffer.from(key, 'base64');
}

/** Sealed like a password, and gone with the connection. */
export function setConnectionKey(db: WritableDb, vault: SecretVault, id: ConnectionId, key: Uint8Array): void {
  secrets.set(db, `connection:${id}`, sharedName, vault.seal(sharedContext(id), Buffer.from(key).toString('base64')));
}

/** Tells two keys apart, and nothing about either. */
export const keyIdOf = (key: Uint8Array): string => createHash('sha256').update('palomar workspace key id').update(key).digest('hex').slice(0, 16);

const sharedContext = (id: ConnectionId): string => `connection:${id}/${sharedName}`;
