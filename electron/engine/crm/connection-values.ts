import type { ConnectionId, ConnectorField } from '#rpc';
import type { ConnectorManifest } from './connector.ts';
import { Permanent } from './errors.ts';
import { secrets } from '../store/repositories/secrets.ts';
import type { WritableDb } from '../store/database.ts';
import type { Vault } from '../vault/vault.ts';

export type SecretVault = Pick<Vault, 'seal' | 'unseal' | 'isOpen' | 'stateOf'>;

const isSecret = (field: ConnectorField): boolean => field.kind === 'password';

/** The fields of a form, unknown ones left out. @throws Permanent `rejected` naming a required one that is empty */
export function readForm(manifest: ConnectorManifest, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const field of manifest.fields) {
    const value = Object.hasOwn(given, field.name) ? (given[field.name] ?? '') : '';
    const text = field.kind === 'password' ? value : value.trim();
    if (field.isRequired && text === '') throw new Permanent('rejected', { detail: `field ${field.name} is empty` });
    if (field.kind === 'choice' && text !== '' && field.options?.includes(text) !== true) {
      throw new Permanent('rejected', { detail: `field ${field.name} has no such choice` });
    }
    if (text !== '') values[field.name] = text;
  }
  return { ...values, ...manifest.publicPartsOf?.(values) };
}

export const publicValues = (manifest: ConnectorManifest, values: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !manifest.fields.some((field) => field.name === name && isSecret(field))));

/** Seals the secret fields, and forgets those that are empty now. They never stand in the store in clear. */
export function sealValues(
  db: WritableDb,
  vault: SecretVault,
  manifest: ConnectorManifest,
  id: ConnectionId,
  values: Readonly<Record<string, string>>,
): void {
  for (const field of manifest.fields.filter(isSecret)) {
    const value = values[field.name];
    if (value === undefined) secrets.delete(db, `connection:${id}`, field.name);
    else secrets.set(db, `connection:${id}`, field.name, vault.seal(contextOf(id, field.name), value));
  }
}

/** @throws Permanent `locked` while a passphrase is wanted; `needs-login` is left to the server when a secret is lost */
export function openValues(
  db: WritableDb,
  vault: SecretVault,
  manifest: ConnectorManifest,
  id: ConnectionId,
  stored: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const values: Record<string, string> = { ...stored };
  for (const field of manifest.fields.filter(isSecret)) {
    const sealed = secrets.get(db, `connection:${id}`, field.name);
    if (sealed === null) continue;
    if (!vault.isOpen() || vault.stateOf(sealed) === 'locked') throw new Permanent('locked', { detail: 'secrets are sealed' });
    const value = vault.unseal(contextOf(id, field.name), sealed);
    if (value !== null) values[field.name] = value;
  }
  return values;
}

const contextOf = (id: ConnectionId, name: string): string => `connection:${id}/${name}`;
