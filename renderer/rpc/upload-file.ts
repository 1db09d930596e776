import type { StagedFileId } from '#rpc';
import { EngineFailure } from './engine-client.ts';

const partBytes = 1024 * 1024;

/**
 * Stages a file for sending: its bytes go over HTTP to the host, never through the RPC port.
 * @throws EngineFailure `too-large`, `disk-full` or `upload-failed`.
 */
export const uploadFile = async (file: File, signal: AbortSignal): Promise<StagedFileId> => {
  const fail = (code: string, message: string): EngineFailure => new EngineFailure({ code, message, isRetryable: true });
  const upload = async (address: string, body: BodyInit): Promise<StagedFileId> => {
    const headers = { 'content-type': file.type || 'application/octet-stream' };
    let response: Response;
    try {
      response = await fetch(`/upload?${address}`, { method: 'POST', body, signal, headers });
    } catch (thrown) {
      if (signal.aborted) throw fail('cancelled', 'The upload was cancelled.');
      throw fail('upload-failed', String(thrown));
    }
    if (response.status === 413) throw fail('too-large', 'The host refused the size.');
    if (response.status === 507) throw fail('disk-full', 'The disk is full.');
    if (!response.ok) throw fail('upload-failed', `The host answered ${response.status}.`);
    const answer = (await response.json()) as { readonly id: StagedFileId };
    return answer.id;
  };

  const name = `name=${encodeURIComponent(file.name)}`;
  // Over HTTP the browser streams a file by itself. Electron's own protocol takes bytes only: so they go in parts.
  if (location.protocol !== 'palomar:') return await upload(name, file);
  let id: StagedFileId | null = null;
  try {
    for (let start = 0; start === 0 || start < file.size; start += partBytes) {
      const part = await file.slice(start, start + partBytes).arrayBuffer();
      const more = start + partBytes < file.size ? '&more' : '';
      id = await upload(`${id === null ? name : `id=${id}`}${more}`, part);
    }
  } catch (error) {
    if (id !== null) void fetch(`/upload?id=${id}`, { method: 'DELETE' }).catch(() => undefined);
    throw error;
  }
  if (id === null) throw fail('upload-failed', 'Nothing was sent.');
  return id;
};

/** Where a fetched attachment is served from. */
export const fileUrl = (attachmentId: number): string => `/files/${attachmentId}`;
