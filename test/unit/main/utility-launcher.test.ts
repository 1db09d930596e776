import { expect, it, vi } from 'vitest';
import { engineFlags } from '../../../electron/main/engine-process/engine-flags.ts';
import { utilityLauncher } from '../../../electron/main/engine-process/utility-launcher.ts';

const { fork } = vi.hoisted(() => ({ fork: vi.fn<(script: string, parameters: readonly string[], options: object) => unknown>(() => ({ on: () => undefined })) }));
vi.mock('electron', () => ({ utilityProcess: { fork } }));

it('gives the utility process the flags that keep the engine small after a flood', () => {
  utilityLauncher('engine.js', 'cache')({ onMessage: () => undefined, onExit: () => undefined });
  expect(engineFlags).toContain('--max-semi-space-size=8');
  expect(fork.mock.calls).toEqual([['engine.js', ['cache'], expect.objectContaining({ execArgv: engineFlags })]]);
});
