import { BridgeError } from '#bridge';

/** The first answer of an account with thousands of rooms is some tens of megabytes. */
export const mostSyncBytes = 128 * 1024 * 1024;
export const mostAnswerBytes = 16 * 1024 * 1024;

/**
 * The same answer with a body that breaks off when it grows beyond `mostBytes`, counted after decompression: neither a
 * hostile server nor a compressed bomb fills the memory.
 */
export function limitBody(response: Response, mostBytes: number, server: string): Response {
  if (response.body === null) return response;
  let size = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.byteLength;
      if (size <= mostBytes) controller.enqueue(chunk);
      else controller.error(new BridgeError('server-incompatible', { server, detail: 'answer too long', limitBytes: mostBytes }));
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counter), { status, statusText, headers });
}
