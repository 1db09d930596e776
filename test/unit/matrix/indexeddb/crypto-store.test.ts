import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DeviceId, initAsync, OlmMachine, RequestType, StoreHandle, UserId, type KeysUploadRequest } from '@matrix-org/matrix-sdk-crypto-wasm';
import { afterEach, describe, expect, it } from 'vitest';
import { installIndexedDb, type InstalledIndexedDb } from '../../../../bridges/matrix/indexeddb/index.ts';
import { tempFolder } from '../../../kit/temp-folder.ts';

const key = new Uint8Array(32).fill(7);
const opened: InstalledIndexedDb[] = [];

afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

/** The cryptographic identity of a device, as after a start of the program. */
const startMachine = async (folder: string, storageKey: Uint8Array = key): Promise<{ machine: OlmMachine; end: () => void }> => {
  await initAsync();
  const indexedDb = await installIndexedDb(folder);
  opened.push(indexedDb);
  const store = await StoreHandle.openWithKey('palomar', storageKey);
  const machine = await OlmMachine.initFromStore(new UserId('@marta:levante.example'), new DeviceId('DEVICE'), store);
  return {
    machine,
    end: () => {
      machine.close();
      indexedDb.close();
    },
  };
};

describe('the crypto store of the Matrix SDK in SQLite', () => {
  it('keeps identity and one-time keys over a restart', async () => {
    const folder = tempFolder();
    const first = await startMachine(folder);
    const { ed25519, curve25519 } = first.machine.identityKeys;
    const before = [ed25519.toBase64(), curve25519.toBase64()];
    const upload = (await first.machine.outgoingRequests()).find(({ type }) => type === RequestType.KeysUpload) as KeysUploadRequest;
    const oneTimeKeys = (body: string): unknown => (JSON.parse(body) as Record<string, unknown>)['one_time_keys'];
    first.end();

    const second = await startMachine(folder);
    const after = second.machine.identityKeys;
    expect([after.ed25519.toBase64(), after.curve25519.toBase64()]).toEqual(before);
    const again = (await second.machine.outgoingRequests()).find(({ type }) => type === RequestType.KeysUpload) as KeysUploadRequest;
    // The same keys, not new ones: a server that took the first upload would refuse others of the same name.
    expect(Object.keys(oneTimeKeys(again.body) as object).sort()).toEqual(Object.keys(oneTimeKeys(upload.body) as object).sort());
  });

  it('opens with its own key only, and is not harmed by another', async () => {
    const folder = tempFolder();
    const first = await startMachine(folder);
    const identity = first.machine.identityKeys.ed25519.toBase64();
    first.end();
    await expect(startMachine(folder, new Uint8Array(32).fill(8))).rejects.toThrow();
    for (const one of opened.splice(0)) one.close();
    expect((await startMachine(folder)).machine.identityKeys.ed25519.toBase64()).toBe(identity);
  });

  it('holds no identity in clear', async () => {
    const folder = tempFolder();
    const { machine, end } = await startMachine(folder);
    const identity = machine.identityKeys.curve25519.toBase64();
    end();
    for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name)).includes(identity)).toBe(false);
  });
});
