import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorkspaceKey } from '../../../electron/engine/crm/workspace-key.ts';
import type { SecretVault } from '../../../electron/engine/crm/connection-values.ts';
import { openStore, type Store } from '../../../electron/engine/store/open-store.ts';
import { settings } from '../../../electron/engine/store/repositories/settings.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

const vaultThatIs = (isOpen: boolean): SecretVault => ({
  isOpen: () => isOpen,
  seal: (_name, value) => Buffer.from(`sealed ${value}`),
  unseal: (_name, sealed) => Buffer.from(sealed).toString().replace(/^sealed /, ''),
  stateOf: () => 'open',
});

/** Opens only what it sealed by itself, as a vault does whose other keychain is gone. */
const vaultNamed = (word: string): SecretVault => ({
  isOpen: () => true,
  seal: (_name, value) => Buffer.from(`${word} ${value}`),
  unseal: (_name, sealed) => {
    const [found, value = ''] = Buffer.from(sealed).toString().split(' ');
    return found === word ? value : null;
  },
  stateOf: (sealed) => (Buffer.from(sealed).toString().startsWith(`${word} `) ? 'open' : 'lost'),
});

describe('the key that names pushed objects', () => {
  let store: Store;
  beforeEach(() => (store = openStore(tempFolder())));
  afterEach(() => store.close());

  it('is there before anybody chose a passphrase, and stays the same', () => {
    const first = openWorkspaceKey(store.db, vaultThatIs(false));
    expect(first).toHaveLength(32);
    expect(openWorkspaceKey(store.db, vaultThatIs(false))).toEqual(first);
  });

  it('is sealed once there is a vault, and stays the same', () => {
    const first = openWorkspaceKey(store.db, vaultThatIs(false));
    expect(openWorkspaceKey(store.db, vaultThatIs(true))).toEqual(first);
    const left = JSON.stringify([...settings.read(store.db)]);
    expect(left).not.toContain(Buffer.from(first).toString('base64'));
    expect(openWorkspaceKey(store.db, vaultThatIs(true))).toEqual(first);
  });

  it('is locked, not replaced, when it is sealed and the vault is closed', () => {
    openWorkspaceKey(store.db, vaultThatIs(true));
    expect(() => openWorkspaceKey(store.db, vaultThatIs(false))).toThrow(expect.objectContaining({ code: 'locked' }));
  });

  it('is kept when it cannot be opened, and used again when its keychain is back', () => {
    const first = openWorkspaceKey(store.db, vaultNamed('old'));
    const second = openWorkspaceKey(store.db, vaultNamed('new'));
    expect(second).not.toEqual(first);
    expect(openWorkspaceKey(store.db, vaultNamed('new'))).toEqual(second);
    expect(openWorkspaceKey(store.db, vaultNamed('old'))).toEqual(first);
  });
});
