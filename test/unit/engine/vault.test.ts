import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Protection } from '#rpc';
import { openVault, type Vault } from '../../../electron/engine/vault/vault.ts';
import { seal, unseal } from '../../../electron/engine/vault/seal.ts';
import { deriveKey, newDerivations, type KeyDerivation } from '../../../electron/engine/vault/passphrase-key.ts';
import { filesContaining } from '../../kit/files-containing.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

const passphrase = 'correct horse battery staple';

interface Opened {
  readonly vault: Vault;
  readonly changes: Protection[];
}

/** Of the same kinds as the real ones, and quick. */
const quickDerivations = (): KeyDerivation[] =>
  newDerivations().map((one) => (one.kind === 'scrypt' ? { ...one, cost: 2 ** 10 } : { ...one, memoryKib: 64, passes: 1 }));

const open = (profileDir: string, hostKey: Uint8Array | null = null, now: () => number = Date.now): Opened => {
  const changes: Protection[] = [];
  return { vault: openVault({ profileDir, hostKey, now, onChange: (one) => changes.push(one), derivations: quickDerivations }), changes };
};

describe('sealing', () => {
  it('opens with the same key and context only', () => {
    const key = randomBytes(32);
    const sealed = seal(key, Buffer.from('hello'), 'account:1 password');
    expect(unseal(key, sealed, 'account:1 password')?.toString()).toBe('hello');
    expect(unseal(key, sealed, 'account:2 password')).toBeNull();
    expect(unseal(randomBytes(32), sealed, 'account:1 password')).toBeNull();
  });

  it('notices every changed bit and every cut', () => {
    const key = randomBytes(32);
    const sealed = seal(key, Buffer.from('hello'), 'x');
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(unseal(key, changed, 'x')).toBeNull();
      expect(unseal(key, sealed.subarray(0, index), 'x')).toBeNull();
    }
  });

  it('never seals to the same bytes twice', () => {
    const key = randomBytes(32);
    expect(seal(key, Buffer.from('a'), 'x').equals(seal(key, Buffer.from('a'), 'x'))).toBe(false);
  });
});

describe('keys from passphrases', () => {
  it('costs at least what OWASP asks for', () => {
    for (const derivation of newDerivations()) {
      if (derivation.kind === 'argon2id') {
        expect(derivation.memoryKib * derivation.passes).toBeGreaterThanOrEqual(19 * 1024 * 2);
      } else {
        expect(derivation.cost).toBeGreaterThanOrEqual(2 ** 17);
      }
    }
  });

  it('takes differently composed letters for the same', async () => {
    const [derivation] = newDerivations();
    if (derivation === undefined) throw new Error('no way to derive a key');
    const composed = await deriveKey('ca\u00f1a', derivation);
    expect(composed.equals(await deriveKey('can\u0303a', derivation))).toBe(true);
    expect(composed.equals(await deriveKey('cana', derivation))).toBe(false);
  });
});

describe('vault with a keychain', () => {
  it('is open at once and opens again with the same key', () => {
    const folder = tempFolder();
    const hostKey = randomBytes(32);
    const first = open(folder, hostKey).vault;
    expect(first.protection()).toBe('keychain');
    const sealed = first.seal('account:1 password', 'hunter2');
    expect(open(folder, hostKey).vault.unseal('account:1 password', sealed)).toBe('hunter2');
  });

  it('keeps the file to its owner and holds no key in clear', () => {
    const folder = tempFolder();
    const hostKey = randomBytes(32);
    open(folder, hostKey);
    expect(statSync(join(folder, 'vault.json')).mode & 0o777).toBe(0o600);
    const text = readFileSync(join(folder, 'vault.json'), 'utf8');
    expect(text).not.toContain(hostKey.toString('base64'));
    expect(text).not.toContain(hostKey.toString('hex'));
  });

  it.each([['lost', null], ['changed', randomBytes(32)]])('deletes nothing when the keychain is %s', async (_, nextKey) => {
    const folder = tempFolder();
    const hostKey = randomBytes(32);
    const sealed = open(folder, hostKey).vault.seal('account:1 password', 'hunter2');

    const without = open(folder, nextKey).vault;
    expect(without.protection()).toBe('passphrase-unset');
    expect(without.isOpen()).toBe(false);
    await without.create(passphrase);
    expect(without.unseal('account:1 password', sealed)).toBeNull();
    expect(without.stateOf(sealed)).toBe('lost');
    const newer = without.seal('account:1 password', 'hunter3');

    // The old keychain is back: what it sealed opens again, what was sealed since needs the passphrase.
    const back = open(folder, hostKey).vault;
    expect(back.protection()).toBe('passphrase-locked');
    expect(back.isOpen()).toBe(true);
    expect(back.unseal('account:1 password', sealed)).toBe('hunter2');
    expect(back.unseal('account:1 password', newer)).toBeNull();
    expect([back.stateOf(sealed), back.stateOf(newer)]).toEqual(['open', 'locked']);
    // What is sealed now, without the passphrase, opens now and later.
    const now = back.seal('account:2 password', 'hunter4');
    expect(open(folder, hostKey).vault.unseal('account:2 password', now)).toBe('hunter4');
    await back.unlock(passphrase);
    expect(back.protection()).toBe('keychain');
    expect(back.unseal('account:1 password', sealed)).toBe('hunter2');
    expect(back.unseal('account:1 password', newer)).toBe('hunter3');
    expect(open(folder, hostKey).vault.protection()).toBe('keychain');
  });
});

describe('vault with a passphrase', () => {
  it('costs what it should unless told otherwise', async () => {
    const folder = tempFolder();
    const vault = openVault({ profileDir: folder, hostKey: null, now: Date.now, onChange: () => {} });
    await vault.create(passphrase);
    const { keys } = JSON.parse(readFileSync(join(folder, 'vault.json'), 'utf8')) as { keys: { wraps: { derivation: KeyDerivation }[] }[] };
    const costOf = ({ salt: _, ...cost }: KeyDerivation): unknown => cost;
    expect(keys[0]?.wraps.map(({ derivation }) => costOf(derivation))).toEqual(newDerivations().map(costOf));
    const restarted = open(folder).vault;
    await restarted.unlock(passphrase);
    expect(restarted.isOpen()).toBe(true);
  });

  it('goes from unset to open, and from locked to open after a restart', async () => {
    const folder = tempFolder();
    const { vault, changes } = open(folder);
    expect(vault.protection()).toBe('passphrase-unset');
    expect(() => vault.seal('x', 'y')).toThrow(expect.objectContaining({ rpcError: expect.objectContaining({ code: 'locked' }) }));
    await vault.create(passphrase);
    expect(changes).toEqual(['passphrase-open']);
    const sealed = vault.seal('account:1 token', 'abc');

    const restarted = open(folder).vault;
    expect(restarted.protection()).toBe('passphrase-locked');
    expect(() => restarted.unseal('account:1 token', sealed)).toThrow();
    await restarted.unlock(passphrase);
    expect(restarted.protection()).toBe('passphrase-open');
    expect(restarted.unseal('account:1 token', sealed)).toBe('abc');
  });

  it('opens without Argon2 too', async () => {
    const folder = tempFolder();
    await open(folder).vault.create(passphrase);
    const file = JSON.parse(readFileSync(join(folder, 'vault.json'), 'utf8'));
    file.keys[0].wraps = file.keys[0].wraps.filter((wrap: { derivation: { kind: string } }) => wrap.derivation.kind === 'scrypt');
    writeFileSync(join(folder, 'vault.json'), JSON.stringify(file));
    const { vault } = open(folder);
    await vault.unlock(passphrase);
    expect(vault.isOpen()).toBe(true);
  });

  it('refuses a second passphrase', async () => {
    const { vault } = open(tempFolder());
    await vault.create(passphrase);
    await expect(vault.create('another one')).rejects.toMatchObject({ rpcError: { code: 'already-exists' } });
  });

  it('makes wrong tries wait, also over a restart, also with the right passphrase', async () => {
    const folder = tempFolder();
    let nowMs = 1_000_000;
    const now = (): number => nowMs;
    await open(folder, null, now).vault.create(passphrase);
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      const failure = await open(folder, null, now).vault.unlock('wrong').catch((error: unknown) => error);
      expect(failure).toMatchObject({ rpcError: { code: 'wrong-passphrase', retryAtMs: undefined } });
    }
    await expect(open(folder, null, now).vault.unlock('wrong')).rejects.toMatchObject({
      rpcError: { code: 'wrong-passphrase', retryAtMs: nowMs + 30_000 },
    });
    await expect(open(folder, null, now).vault.unlock(passphrase)).rejects.toMatchObject({
      rpcError: { code: 'wrong-passphrase', retryAtMs: nowMs + 30_000 },
    });
    nowMs += 30_001;
    const { vault } = open(folder, null, now);
    await vault.unlock(passphrase);
    expect(vault.isOpen()).toBe(true);
  });

  it('starts over without a forgotten one; what it sealed is lost, and opens again should it come back', async () => {
    const folder = tempFolder();
    const first = open(folder).vault;
    await first.create(passphrase);
    await expect(first.startOver('a new passphrase')).rejects.toMatchObject({ rpcError: { code: 'not-possible' } });
    const old = first.seal('account:1 password', 'before');

    const { vault, changes } = open(folder);
    expect(vault.stateOf(old)).toBe('locked');
    await vault.startOver('a new passphrase');
    expect(changes).toEqual(['passphrase-open']);
    expect(vault.stateOf(old)).toBe('lost');
    expect(vault.unseal('account:1 password', old)).toBeNull();
    const fresh = vault.seal('account:1 password', 'after');

    const later = open(folder).vault;
    expect(later.protection()).toBe('passphrase-locked');
    await expect(later.unlock(passphrase)).rejects.toMatchObject({ rpcError: { code: 'wrong-passphrase' } });
    expect(later.unseal('account:1 password', old)).toBe('before');
    await later.unlock('a new passphrase');
    expect(later.unseal('account:1 password', fresh)).toBe('after');
  });

  it('checks one passphrase at a time', async () => {
    const folder = tempFolder();
    await open(folder).vault.create(passphrase);
    const { vault } = open(folder);
    const results = await Promise.allSettled([vault.unlock('one'), vault.unlock('two'), vault.unlock('three')]);
    expect(results.filter((one) => one.status === 'rejected' && one.reason.rpcError.code === 'not-possible')).toHaveLength(2);
  });
});

describe('vault file', () => {
  it('puts a damaged one aside instead of overwriting it', () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'vault.json'), '{"version":1,"keys":"gone"}');
    expect(open(folder, randomBytes(32)).vault.protection()).toBe('keychain');
    const aside = readdirSync(folder).filter((name) => name.startsWith('vault.json.damaged-'));
    expect(aside).toHaveLength(1);
  });

  it('holds neither passphrase nor key material in clear', async () => {
    const folder = tempFolder();
    await open(folder).vault.create(passphrase);
    expect(filesContaining(folder, [passphrase])).toEqual([]);
  });
});
