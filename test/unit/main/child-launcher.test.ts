import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { childLauncher } from '../../../electron/main/engine-process/child-launcher.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';

afterEach(() => vi.unstubAllEnvs());

/** What the engine finds in its environment. */
const environmentOfChild = async (): Promise<Record<string, string>> => {
  const folder = tempFolder('launcher');
  const script = join(folder, 'child.mjs');
  writeFileSync(script, 'console.log(JSON.stringify({ environment: process.env }));');
  const messages: unknown[] = [];
  childLauncher(process.execPath, script, folder)({ onMessage: (message) => messages.push(message), onExit: () => undefined });
  await until(() => messages.length > 0, { label: 'the child speaks' });
  return (messages[0] as { environment: Record<string, string> }).environment;
};

it('trusts what the system trusts, unless somebody said otherwise', async () => {
  expect((await environmentOfChild())['NODE_USE_SYSTEM_CA']).toBe('1');
  vi.stubEnv('NODE_USE_SYSTEM_CA', '0');
  expect((await environmentOfChild())['NODE_USE_SYSTEM_CA']).toBe('0');
});

it('keeps what would change how Node behaves away from the engine', async () => {
  vi.stubEnv('NODE_OPTIONS', '--title=x');
  vi.stubEnv('ELECTRON_RUN_AS_NODE', '1');
  const environment = await environmentOfChild();
  expect(Object.keys(environment).filter((name) => name === 'NODE_OPTIONS' || name.startsWith('ELECTRON_'))).toEqual([]);
});
