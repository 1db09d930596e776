import { closeSync, copyFileSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const derivation = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('argon2id'),
    salt: z.base64(),
    memoryKib: z.number().int().min(8).max(4 * 1024 * 1024),
    passes: z.number().int().min(1).max(64),
    lanes: z.number().int().min(1).max(16),
  }),
  z.strictObject({
    kind: z.literal('scrypt'),
    salt: z.base64(),
    cost: z.number().int().min(2).max(2 ** 22),
    blockSize: z.number().int().min(1).max(32),
  }),
]);

const wrap = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('host'), sealed: z.base64() }),
  z.strictObject({ kind: z.literal('passphrase'), derivation, sealed: z.base64() }),
]);

const masterKey = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  wraps: z.array(wrap).min(1),
  /** Its passphrase was forgotten: what it sealed counts as lost, and is not asked for any more. */
  isGivenUp: z.literal(true).optional(),
});

const vaultFile = z.strictObject({
  version: z.literal(1),
  /** Oldest first; the last one seals. Older ones stay, so that what they sealed can be opened again. */
  keys: z.array(masterKey),
  tries: z.strictObject({ failed: z.number().int().min(0), retryAtMs: z.number() }),
});

export type Wrap = z.infer<typeof wrap>;
export type MasterKeyEntry = z.infer<typeof masterKey>;
export type VaultFile = z.infer<typeof vaultFile>;

export const emptyVaultFile: VaultFile = { version: 1, keys: [], tries: { failed: 0, retryAtMs: 0 } };

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/**
 * Reads `vault.json`. A file that cannot be understood is copied aside and never overwritten silently: a person
 * with a backup may still need it.
 */
export const readVaultFile = (path: string, nowMs: number): { readonly file: VaultFile; readonly isDamaged: boolean } => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return { file: emptyVaultFile, isDamaged: false };
    throw error;
  }
  const parsed = vaultFile.safeParse(parseJson(text));
  if (parsed.success) return { file: parsed.data, isDamaged: false };
  copyFileSync(path, `${path}.damaged-${nowMs}`);
  return { file: emptyVaultFile, isDamaged: true };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** Replaces the file as a whole, readable by its owner only, on disk before this returns. */
export const writeVaultFile = (path: string, file: VaultFile): void => {
  const draft = `${path}.new`;
  const descriptor = openSync(draft, 'w', 0o600);
  try {
    // Not writeSync: on a disk that is nearly full it may write a part and say nothing.
    writeFileSync(descriptor, `${JSON.stringify(file, null, 2)}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, path);
};
