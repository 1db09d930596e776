import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FrozenFile } from '../connector.ts';
import { ConnectorError } from '../errors.ts';
import { ops } from '../ledger/ops.ts';
import { safeFileName } from '../text/safe-file-name.ts';
import type { ChunkFile } from './pack-chunks.ts';
import type { PushRun } from './push-run.ts';

/**
 * The bytes of an attachment, ready to be sent, with their hash. Null when they are gone or too large after all:
 * the push goes on without them and says so.
 * @throws ConnectorError `offline` when they can be had later
 */
export async function freezeFile(run: PushRun, file: ChunkFile): Promise<FrozenFile | null> {
  const { desk, pushId, connector } = run;
  const onDisk = await ensureOrNull(run, file);
  if (onDisk === null || onDisk.sizeBytes > connector.manifest.maxFileBytes) {
    ops.settle(desk.db, pushId, { key: file.key, role: 'file', state: 'skipped', isAdopted: false, remote: null, parent: null });
    return null;
  }
  const hash = createHash('sha256');
  for await (const part of createReadStream(onDisk.path, { signal: run.context.signal })) hash.update(part as Uint8Array);
  return {
    key: file.key,
    name: safeFileName(file.name),
    mime: file.mime,
    sizeBytes: onDisk.sizeBytes,
    sha256: hash.digest('hex'),
    path: onDisk.path,
  };
}

async function ensureOrNull(run: PushRun, file: ChunkFile) {
  try {
    return await run.desk.files.ensure(file.attachmentId, run.context.signal);
  } catch (error) {
    if (error instanceof ConnectorError && error.code === 'file-unavailable') return null;
    throw error;
  }
}
