/**
 * All message keys of a device as a file under a passphrase, and back: the format every Matrix program reads.
 * @see https://spec.matrix.org/v1.16/client-server-api/#key-exports
 */
import { open, readFile } from 'node:fs/promises';
import { initAsync, OlmMachine } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import { BridgeError, type ExportedKeys } from '#bridge';

/** Half a second of work for whoever guesses a passphrase, each time. */
const rounds = 500_000;
/** About 65,000 keys: more than the longest life with one account makes. */
export const mostFileBytes = 50 * 1024 * 1024;
/** The file says how much work opening it is; more than ten seconds of it is an attack. */
const mostRounds = 5_000_000;

const header = '-----BEGIN MEGOLM SESSION DATA-----';
const footer = '-----END MEGOLM SESSION DATA-----';
/** Version, salt, counter, rounds. */
const roundsAt = 1 + 16 + 16;

const damaged = (detail: string): BridgeError => new BridgeError('file-damaged', { detail });

/** @throws BridgeError `not-found` when there are no keys yet */
export async function exportKeys(backend: CryptoBackend, passphrase: string): Promise<ExportedKeys> {
  const keys = await backend.exportRoomKeysAsJson();
  const keyCount = countOf(keys);
  if (keyCount === 0) throw new BridgeError('not-found', { detail: 'there are no keys yet' });
  await initAsync();
  return { text: OlmMachine.encryptExportedRoomKeys(keys, passphrase, rounds), keyCount };
}

/**
 * Takes the keys of such a file over; those that are known stay as they are.
 * @param onProgress called about a hundred times
 * @returns how many keys were in it
 * @throws BridgeError `too-large`, `file-damaged` (no such file, or cut off), `wrong-password` (that, or bytes were changed)
 */
export async function importKeys(backend: CryptoBackend, path: string, passphrase: string, onProgress: (doneCount: number, totalCount: number) => void): Promise<number> {
  const text = await readKeyFile(path);
  await initAsync();
  const keys = decrypt(text, passphrase);
  let told = 0;
  await backend.importRoomKeysAsJson(keys, {
    progressCallback: (progress) => {
      const { successes, total } = progress as { readonly successes?: number; readonly total?: number };
      if (successes === undefined || total === undefined) return;
      // The library tells the place of the key in the file, from zero.
      const doneCount = successes + 1;
      if (doneCount < total && doneCount - told < total / 100) return;
      told = doneCount;
      onProgress(doneCount, total);
    },
  });
  return countOf(keys);
}

const countOf = (keys: string): number => (JSON.parse(keys) as readonly unknown[]).length;

async function readKeyFile(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    if ((await file.stat()).size > mostFileBytes) throw new BridgeError('too-large', { limitBytes: mostFileBytes });
    const text = (await readFile(file, 'utf8')).trim();
    if (!text.startsWith(header)) throw damaged('no file of room keys');
    if (!text.endsWith(footer)) throw damaged('the end of the file is missing');
    checkRounds(text);
    return text;
  } finally {
    await file.close();
  }
}

function checkRounds(text: string): void {
  const start = Buffer.from(text.slice(header.length, header.length + 80).replace(/[\r\n]/gu, ''), 'base64');
  if (start[0] !== 1 || start.length < roundsAt + 4) throw damaged('a version of the format that nobody knows');
  const wanted = start.readUInt32BE(roundsAt);
  if (wanted === 0 || wanted > mostRounds) throw damaged(`the file asks for ${wanted} rounds`);
}

/** The library tells its reasons in words only: with the outside looked at before, a wrong sum means the passphrase. */
function decrypt(text: string, passphrase: string): string {
  try {
    return OlmMachine.decryptExportedRoomKeys(text, passphrase);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw detail.includes('MAC') ? new BridgeError('wrong-password') : damaged(detail);
  }
}
