import type { Page } from 'playwright-core';
import type { RpcInput, RpcMethod, RpcOutput } from '#rpc';

/**
 * Calls the engine from inside the page, over a port of its own, as the interface would.
 * @throws Error with the engine's error code
 */
export const askEngine = async <Method extends RpcMethod>(page: Page, method: Method, input: RpcInput<Method>): Promise<RpcOutput<Method>> => {
  const answer = await page.evaluate(
    async ([name, value]) => {
      type Port = { post(frame: unknown): void; onFrame(listener: (frame: { id?: number }) => void): void; onClose(listener: (why: string) => void): void };
      const { palomar } = globalThis as unknown as { palomar: { connect(): Promise<Port> } };
      const port = await palomar.connect();
      return await new Promise((resolve) => {
        setTimeout(() => resolve({ error: { code: 'no answer within 20 s' } }), 20_000);
        port.onClose((why) => resolve({ error: { code: why } }));
        port.onFrame((frame) => frame.id === 1 && resolve(frame));
        port.post({ id: 1, method: name, input: value });
      });
    },
    [method, input] as const,
  );
  const frame = answer as { readonly output?: unknown; readonly error?: { readonly code: string } };
  if (frame.error) throw new Error(`${method}: ${frame.error.code}`);
  return frame.output as RpcOutput<Method>;
};
