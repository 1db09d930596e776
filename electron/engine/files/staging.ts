import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { VoiceNote } from '#model';
import { maxUploadBytes, type StagedFileId } from '#rpc';
import { RpcFailure, notFound } from '../rpc/rpc-failure.ts';
import { plainMimeType } from './content-type.ts';
import { inspectFile, type FileFacts } from './inspect-file.ts';
import { safeFileName } from './safe-name.ts';

export interface StagedFile {
  readonly id: StagedFileId;
  readonly path: string;
  readonly name: string;
  readonly mime: string;
  readonly facts: FileFacts;
  /** A tiny picture of it, made where it was chosen. */
  readonly thumbnail?: string | undefined;
  /** It was spoken just now. */
  readonly voice?: (VoiceNote & { readonly durationMs: number }) | undefined;
}

/**
 * Uploads that no message carries yet. They live as long as the process: a draft's files are chosen again after
 * a restart, and what was left behind is deleted at the next start.
 */
export interface Staging {
  /** Reserves a path to write an upload to. @throws RpcFailure `too-many-files` */
  readonly reserve: (name: string, mime: string) => { readonly id: StagedFileId; readonly path: string };
  /** Makes a written upload known. @throws RpcFailure `not-found`, `too-large`, `size-mismatch` */
  readonly complete: (id: string, sizeBytes: number) => Promise<StagedFile>;
  /** @throws RpcFailure `not-found` when it was never completed */
  readonly get: (id: string) => StagedFile;
  /** False: the file is gone, or is no image. */
  readonly setThumbnail: (id: string, thumbnail: string) => boolean;
  /** False: the file is gone, or is no sound. */
  readonly setVoice: (id: string, voice: VoiceNote & { readonly durationMs: number }) => boolean;
  readonly remove: (id: string) => void;
}

const mostStaged = 200;

export const createStaging = (profileDir: string): Staging => {
  const folder = join(profileDir, 'staging');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const left of readdirSync(folder)) rmSync(join(folder, left), { force: true });

  const reserved = new Map<string, { readonly name: string; readonly mime: string }>();
  const staged = new Map<string, StagedFile>();
  const pathOf = (id: string): string => join(folder, id);

  const remove = (id: string): void => {
    const isKnown = reserved.delete(id) || staged.has(id);
    staged.delete(id);
    if (isKnown) rmSync(pathOf(id), { force: true });
  };

  return {
    reserve(name, mime) {
      if (reserved.size + staged.size >= mostStaged) {
        throw new RpcFailure('too-many-files', 'too many files wait to be sent', { isRetryable: true });
      }
      const id = randomBytes(18).toString('base64url') as StagedFileId;
      reserved.set(id, { name: safeFileName(name), mime: plainMimeType(mime) });
      return { id, path: pathOf(id) };
    },
    async complete(id, sizeBytes) {
      const upload = reserved.get(id);
      if (upload === undefined) throw notFound('upload');
      reserved.delete(id);
      const path = pathOf(id);
      try {
        checkSize(statSync(path).size, sizeBytes);
        const facts = await inspectFile(path);
        const file = { id: id as StagedFileId, path, name: upload.name, mime: facts.imageMime ?? upload.mime, facts };
        staged.set(id, file);
        return file;
      } catch (error) {
        rmSync(path, { force: true });
        throw error;
      }
    },
    get(id) {
      const file = staged.get(id);
      if (file === undefined) throw notFound('upload');
      return file;
    },
    setThumbnail(id, thumbnail) {
      const file = staged.get(id);
      if (file === undefined || !file.facts.isInline) return false;
      staged.set(id, { ...file, thumbnail });
      return true;
    },
    setVoice(id, voice) {
      const file = staged.get(id);
      if (file === undefined || !file.mime.startsWith('audio/')) return false;
      staged.set(id, { ...file, voice });
      return true;
    },
    remove,
  };
};

const checkSize = (actualBytes: number, announcedBytes: number): void => {
  if (actualBytes !== announcedBytes) throw new RpcFailure('size-mismatch', 'the upload was cut off');
  if (actualBytes > maxUploadBytes) {
    throw new RpcFailure('too-large', 'the file is too large', { limitBytes: maxUploadBytes });
  }
};
