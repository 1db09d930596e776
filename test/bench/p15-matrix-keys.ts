/** P15: the keys of twenty thousand conversations' sessions come into the crypto store, as from a backup or a file. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createClient } from 'matrix-js-sdk';
import { openCrypto } from '../../bridges/matrix/crypto/account-crypto.ts';
import { quietLogger } from '../../bridges/matrix/worker/silence-logs.ts';
import { selfId } from './kit/matrix-rooms.ts';
import { startMatrixWorld } from './kit/matrix-world.ts';
import { cpuMs, timeMs } from './kit/measure.ts';
import type { BenchRow } from './kit/row.ts';
import { makeScratch, removeScratch } from './kit/scratch.ts';
import { withoutConsole } from './kit/without-console.ts';

const keyCount = 20_000;

export const measure = (): Promise<BenchRow[]> => withoutConsole(measureQuietly);

async function measureQuietly(): Promise<BenchRow[]> {
  const keys = JSON.stringify(Array.from({ length: keyCount }, (_, index) => exportedKey(index)));
  const world = await startMatrixWorld();
  const folder = makeScratch('matrix-keys');
  const client = createClient({ baseUrl: world.baseUrl, userId: selfId, deviceId: 'BENCH', accessToken: 'bench-token', logger: quietLogger });
  const crypto = await openCrypto({ client, folder, storageKey: randomBytes(32), onKeys: () => undefined });
  try {
    let usedMs = 0;
    const tookMs = await timeMs(async () => {
      usedMs = await cpuMs(() => crypto.backend.importRoomKeysAsJson(keys));
    });
    const known = (JSON.parse(await crypto.backend.exportRoomKeysAsJson()) as unknown[]).length;
    if (known !== keyCount) throw new Error(`${known} keys are known`);
    return [
      {
        id: 'P15-matrix-keys',
        title: `${keyCount} message keys imported into the sealed store`,
        value: usedMs,
        unit: 'ms',
        target: { is: 'at most', bound: 6_000 },
        note: `processor time; ${tookMs.toFixed(0)} ms by the clock; all of them were there afterwards`,
      },
    ];
  } finally {
    client.stopClient();
    crypto.close();
    await world.stop();
    removeScratch(folder);
  }
}

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '');

/**
 * A session as clients export it: version 1, index, ratchet, public key.
 * https://spec.matrix.org/v1.16/olm-megolm/megolm/#session-export-format
 */
function exportedKey(index: number): unknown {
  const { publicKey } = generateKeyPairSync('ed25519');
  const publicBytes = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const sender = unpadded(randomBytes(32));
  return {
    algorithm: 'm.megolm.v1.aes-sha2',
    room_id: `!room-${index % 500}:bench.example`,
    sender_key: sender,
    sender_claimed_keys: { ed25519: unpadded(publicBytes) },
    forwarding_curve25519_key_chain: [],
    session_id: unpadded(publicBytes),
    session_key: unpadded(Buffer.concat([Buffer.of(1, 0, 0, 0, 0), randomBytes(128), publicBytes])),
  };
}
