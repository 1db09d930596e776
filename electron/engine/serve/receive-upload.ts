import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { maxUploadBytes } from '#rpc';
import { RpcFailure } from '../rpc/rpc-failure.ts';
import type { EngineHost } from '../engine.ts';

const maxNameLength = 1_024;

/**
 * Streams the body of `POST /upload?name=…&type=…` into the staging folder and makes it known.
 * @throws RpcFailure `too-large` as soon as one byte too many arrives, `invalid-input` without a name
 */
export const receiveUpload = async (host: EngineHost, url: URL, request: IncomingMessage): Promise<{ readonly id: string }> => {
  const name = url.searchParams.get('name') ?? '';
  if (name === '' || name.length > maxNameLength) throw new RpcFailure('invalid-input', 'a file name is needed');
  const mime = url.searchParams.get('type') ?? request.headers['content-type'] ?? '';
  const { id, path } = await host['host.stage']({ name, mime });
  let sizeBytes = 0;
  try {
    const counted = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        sizeBytes += chunk.length;
        if (sizeBytes > maxUploadBytes) throw tooLarge();
        yield chunk;
      }
    };
    if (Number(request.headers['content-length'] ?? 0) > maxUploadBytes) throw tooLarge();
    await pipeline(request, counted, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    await rm(path, { force: true });
    // Nothing was written that could be completed: this forgets the reservation.
    await host['host.staged']({ id, sizeBytes: -1 }).catch(() => undefined);
    throw error;
  }
  await host['host.staged']({ id, sizeBytes });
  return { id };
};

const tooLarge = (): RpcFailure => new RpcFailure('too-large', 'the file is too large', { limitBytes: maxUploadBytes });
