import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const project = join(import.meta.dirname, '..', '..', '..');

/** Parts of Node that the engine's code brings in when it is loaded, before it does anything. */
const loadedWith = (script: string): readonly string[] => {
  const code = `await import(${JSON.stringify(join(project, script))}); process.stdout.write(JSON.stringify(process.moduleLoadList)); process.exit(0)`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: project, encoding: 'utf8' })) as string[];
};

it('loads no fetch and no HTTP/2 of Node, which no account needs at the start', () => {
  const parts = loadedWith('electron/engine/index.ts');
  expect(parts).toContain('NativeModule fs');
  expect(parts.filter((part) => /undici|http2/.test(part))).toEqual([]);
});
