import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createDoor } from '../../../electron/main/app-protocol/answer-request.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

const ask = async (url: string, method = 'GET') => {
  const folder = tempFolder('page');
  writeFileSync(join(folder, 'index.html'), '<p>page</p>');
  const call = vi.fn(() => Promise.resolve(null));
  const { status } = await createDoor(folder, { call: call as never })({ url, method, headers: {}, body: Buffer.alloc(0) });
  return { status, isEngineAsked: call.mock.calls.length > 0 };
};

describe('the one host of the app', () => {
  it('answers', async () => {
    expect(await ask('palomar://app/')).toEqual({ status: 200, isEngineAsked: false });
    expect(await ask('palomar://app/files/1')).toEqual({ status: 404, isEngineAsked: true });
  });

  it.each(['palomar://other/', 'palomar://other/files/1', 'palomar://app.evil/files/1', 'palomar://user@app/files/1', 'palomar://app:1/files/1', 'https://app/files/1'])(
    'is not %s',
    async (url) => {
      for (const method of ['GET', 'POST']) expect(await ask(url, method)).toEqual({ status: 404, isEngineAsked: false });
    },
  );
});
