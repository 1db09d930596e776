import { join } from 'node:path';
import type { Protection } from '#rpc';
import { RpcFailure } from '../rpc/rpc-failure.ts';
import {
  hasPassphrase,
  newMasterKey,
  openWithHost,
  openWithPassphrase,
  wrapForHost,
  wrapForPassphrase,
  type MasterKey,
} from './key-ring.ts';
import { newDerivations, type KeyDerivation } from './passphrase-key.ts';
import { keyBytes, seal, unseal } from './seal.ts';
import { nextTries, triesLeftAtMs } from './try-limit.ts';
import { readVaultFile, writeVaultFile, type VaultFile } from './vault-file.ts';

export interface VaultOptions {
  readonly profileDir: string;
  /** The 32 bytes the OS keychain keeps for us; null where there is no keychain. */
  readonly hostKey: Uint8Array | null;
  readonly now: () => number;
  readonly onChange: (protection: Protection) => void;
  /** How keys are made from passphrases from now on, one for each runtime; `newDerivations` unless told. */
  readonly derivations?: (() => readonly KeyDerivation[]) | undefined;
}

/**
 * Keeps the keys that seal passwords and tokens.
 *
 * A random master key seals; it lies in `vault.json` wrapped by the keychain's key, by a passphrase, or by both.
 * Losing the keychain deletes nothing: a passphrase may be set, new secrets are sealed with a new master key, and
 * the old one opens again when its keychain is back. What it sealed works then at once; the passphrase is asked for
 * only for what was sealed in between.
 */
export interface Vault {
  readonly protection: () => Protection;
  /** Secrets can be sealed. Some older or newer ones may still need the passphrase; see `stateOf`. */
  readonly isOpen: () => boolean;
  /** @throws RpcFailure `already-exists` when secrets are protected already. */
  readonly create: (passphrase: string) => Promise<void>;
  /** @throws RpcFailure `wrong-passphrase`, with `retryAtMs` after five wrong tries. */
  readonly unlock: (passphrase: string) => Promise<void>;
  /**
   * The passphrase is forgotten: a new one protects what is sealed from now on; what the old one sealed counts as lost
   * and is kept, should it come back to mind. @throws RpcFailure `not-possible` when nothing is locked.
   */
  readonly startOver: (passphrase: string) => Promise<void>;
  /** @throws RpcFailure `locked` */
  readonly seal: (context: string, value: string) => Buffer;
  /** Null: sealed by a key that cannot be opened now, or not sealed for this context. @throws RpcFailure `locked` */
  readonly unseal: (context: string, sealed: Uint8Array) => string | null;
  /** `locked`: a passphrase opens it. `lost`: sealed by a keychain that is not there, or by a key of another vault. */
  readonly stateOf: (sealed: Uint8Array) => 'open' | 'locked' | 'lost';
}

const keyIdBytes = 8;

/** Which master key sealed it: its id stands in front. */
const keyIdOf = (sealed: Uint8Array): string => Buffer.from(sealed.subarray(0, keyIdBytes)).toString('hex');

/** Opens what the keychain can open; makes a first key when there is a keychain and nothing yet. */
export const openVault = ({ profileDir, hostKey, now, onChange, derivations = newDerivations }: VaultOptions): Vault => {
  const path = join(profileDir, 'vault.json');
  if (hostKey !== null && hostKey.length !== keyBytes) throw new Error('the keychain must give 32 bytes');

  let { file } = readVaultFile(path, now());
  const openKeys = new Map<string, MasterKey>();
  let isBusy = false;

  const save = (next: VaultFile): void => {
    writeVaultFile(path, next);
    file = next;
  };
  const current = (): VaultFile['keys'][number] | undefined => file.keys.at(-1);
  const currentKey = (): MasterKey | undefined => openKeys.get(current()?.id ?? '');
  /** Seals: the newest key that is open. Normally the current one; an older one while only its keychain is there. */
  const sealingKey = (): MasterKey | undefined => {
    const entry = file.keys.findLast(({ id }) => openKeys.has(id));
    return entry === undefined ? undefined : openKeys.get(entry.id);
  };
  const isOpen = (): boolean => sealingKey() !== undefined;

  const protection = (): Protection => {
    const entry = current();
    if (entry === undefined) return 'passphrase-unset';
    const isByHost = hostKey !== null && openWithHost(entry, hostKey) !== null;
    if (isByHost) return 'keychain';
    // The keychain was lost and there is no passphrase: setting one is the way out.
    if (!hasPassphrase(entry)) return 'passphrase-unset';
    return currentKey() === undefined ? 'passphrase-locked' : 'passphrase-open';
  };

  const addKey = (key: MasterKey, wraps: VaultFile['keys'][number]['wraps']): void => {
    save({ ...file, keys: [...file.keys, { id: key.id, wraps }], tries: { failed: 0, retryAtMs: 0 } });
    openKeys.set(key.id, key);
  };

  /** A profile that lived in the keychain before goes back to it once the passphrase proved who is there. */
  const returnToKeychain = (): void => {
    const key = currentKey();
    const wasInKeychain = file.keys.some((entry) => entry.wraps.some((wrap) => wrap.kind === 'host'));
    if (hostKey === null || key === undefined || !wasInKeychain) return;
    const keys = file.keys.map((entry) =>
      entry.id === key.id ? { ...entry, wraps: [...entry.wraps, wrapForHost(key, hostKey)] } : entry,
    );
    save({ ...file, keys });
  };

  const alone = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    // Parallel guesses would slip past the limit on tries.
    if (isBusy) throw new RpcFailure('not-possible', 'another attempt is being checked', { isRetryable: true });
    isBusy = true;
    try {
      return await work();
    } finally {
      isBusy = false;
    }
  };

  if (hostKey !== null) {
    for (const entry of file.keys) {
      const key = openWithHost(entry, hostKey);
      if (key !== null) openKeys.set(entry.id, key);
    }
    if (file.keys.length === 0) {
      const key = newMasterKey();
      addKey(key, [wrapForHost(key, hostKey)]);
    }
  }

  return {
    protection,
    isOpen,
    create: (passphrase) =>
      alone(async () => {
        if (protection() !== 'passphrase-unset') throw new RpcFailure('already-exists', 'a passphrase is set already');
        const key = newMasterKey();
        const wraps = await wrapForPassphrase(key, passphrase, derivations());
        if (hostKey !== null) wraps.push(wrapForHost(key, hostKey));
        addKey(key, wraps);
        onChange(protection());
      }),
    unlock: (passphrase) =>
      alone(async () => {
        if (currentKey() !== undefined) return;
        const entry = current();
        if (entry === undefined || !hasPassphrase(entry)) throw new RpcFailure('not-possible', 'no passphrase was set');
        const waitUntilMs = triesLeftAtMs(file.tries, now());
        if (waitUntilMs !== null) throw wrongPassphrase(waitUntilMs);
        // Counted before it is checked: ending the process in between must not give a free try.
        save({ ...file, tries: nextTries(file.tries, now()) });
        for (const one of file.keys) {
          const key = await openWithPassphrase(one, passphrase);
          if (key !== null) openKeys.set(one.id, key);
        }
        if (currentKey() === undefined) throw wrongPassphrase(triesLeftAtMs(file.tries, now()));
        save({ ...file, tries: { failed: 0, retryAtMs: 0 } });
        returnToKeychain();
        onChange(protection());
      }),
    startOver: (passphrase) =>
      alone(async () => {
        if (protection() !== 'passphrase-locked') throw new RpcFailure('not-possible', 'nothing is locked');
        const key = newMasterKey();
        const wraps = await wrapForPassphrase(key, passphrase, derivations());
        if (hostKey !== null) wraps.push(wrapForHost(key, hostKey));
        save({ ...file, keys: file.keys.map((entry) => (openKeys.has(entry.id) ? entry : { ...entry, isGivenUp: true as const })) });
        addKey(key, wraps);
        onChange(protection());
      }),
    seal: (context, value) => {
      const key = sealingKey();
      if (key === undefined) throw new RpcFailure('locked', 'secrets are sealed');
      return Buffer.concat([Buffer.from(key.id, 'hex'), seal(key.bytes, Buffer.from(value, 'utf8'), context)]);
    },
    unseal: (context, sealed) => {
      if (!isOpen()) throw new RpcFailure('locked', 'secrets are sealed');
      const key = openKeys.get(keyIdOf(sealed));
      if (key === undefined) return null;
      return unseal(key.bytes, sealed.subarray(keyIdBytes), context)?.toString('utf8') ?? null;
    },
    stateOf: (sealed) => {
      const id = keyIdOf(sealed);
      if (openKeys.has(id)) return 'open';
      const isWaiting = file.keys.some((entry) => entry.id === id && hasPassphrase(entry) && entry.isGivenUp === undefined);
      return isWaiting ? 'locked' : 'lost';
    },
  };
};

const wrongPassphrase = (retryAtMs: number | null): RpcFailure =>
  new RpcFailure('wrong-passphrase', 'the passphrase does not fit', { retryAtMs: retryAtMs ?? undefined });
