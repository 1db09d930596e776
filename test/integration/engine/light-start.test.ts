import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const project = join(import.meta.dirname, '..', '..', '..');

interface Loaded {
  /** Parts of Node. */
  readonly parts: readonly string[];
  /** Files of ours and of packages. */
  readonly files: readonly string[];
}

/** What the engine's code brings in when it is loaded, before it does anything. */
const loadedWith = (script: string): Loaded => {
  const code = `
    import { registerHooks } from 'node:module';
    const files = [];
    registerHooks({ load: (url, context, next) => (files.push(url), next(url, context)) });
    await import(${JSON.stringify(join(project, script))});
    process.stdout.write(JSON.stringify({ parts: process.moduleLoadList, files }));
    process.exit(0)`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: project, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 })) as Loaded;
};

it('loads nothing that no account and no push needs at the start', () => {
  const { parts, files } = loadedWith('electron/engine/index.ts');
  expect(parts).toContain('NativeModule fs');
  // Node's whole fetch and HTTP/2.
  expect(parts.filter((part) => /undici|http2/.test(part))).toEqual([]);
  expect(files.some((file) => file.endsWith('/crm/redmine/manifest.ts'))).toBe(true);
  // A CRM is talked to when somebody pushes; of each only what its form needs is there at once.
  expect(files.filter((file) => /\/crm\/([a-z0-9-]+)\/(?:\1|call-\1|mail-drop|probe)\.ts$/.test(file))).toEqual([]);
  expect(files.filter((file) => /libphonenumber-js|nodemailer|oauth4webapi|matrix-js-sdk/.test(file))).toEqual([]);
});
