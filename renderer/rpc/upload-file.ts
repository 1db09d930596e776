import type { StagedFileId } from '#rpc';
import { EngineFailure } from './engine-client.ts';

/**
 * Stages a file for sending: its bytes go over HTTP to the host, never through the RPC port.
 * @throws EngineFailure `too-large`, `disk-full` or `upload-failed`.
 */
export const uploadFile = async (file: File, signal: AbortSignal): Promise<StagedFileId> => {
  const fail = (code: string, message: string): EngineFailure => new EngineFailure({ code, message, isRetryable: true });
  let response: Response;
  try {
    response = await fetch(`/upload?name=${encodeURIComponent(file.name)}`, {
      method: 'POST',
      ...bodyOf(file),
      signal,
      headers: { 'content-type': file.type || 'application/octet-stream' },
    });
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

/**
 * Under Electron the bytes go as a stream: its protocol handlers read a File only once it is whole in memory, and
 * older ones find it empty. Over HTTP/1.1 the browser streams a File by itself and takes no stream of ours.
 */
const bodyOf = (file: File): RequestInit & { readonly duplex?: 'half' } =>
  location.protocol === 'palomar:' ? { body: file.stream(), duplex: 'half' } : { body: file };

/** Where a fetched attachment is served from. */
export const fileUrl = (attachmentId: number): string => `/files/${attachmentId}`;
