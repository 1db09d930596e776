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
      body: file,
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

/** Where a fetched attachment is served from. */
export const fileUrl = (attachmentId: number): string => `/files/${attachmentId}`;
