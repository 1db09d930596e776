import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedTemplate } from '../core/cached-template.ts';
import { createRunFolder, removeRunFolder } from '../core/run-folder.ts';
import { runCommand } from '../core/run-command.ts';
import { createRedmineSite, redmineProgramFolder } from './redmine-site.ts';

const seedScript = fileURLToPath(new URL('./seed.rb', import.meta.url));

export interface RedmineTemplate {
  databaseFile: string;
  /** API keys of the administrator, of one who may push, and of one who may only read. */
  keys: readonly [admin: string, pusher: string, reader: string];
}

/** A migrated database with our project, fields and users: made once (20 s), copied per start. */
export async function redmineTemplate(): Promise<RedmineTemplate> {
  const version = await runCommand('dpkg-query', ['--show', 'redmine']);
  const folder = await cachedTemplate('redmine-db', [version.trim(), readFileSync(seedScript, 'utf8')], initialise);
  const [admin = '', pusher = '', reader = ''] = readFileSync(join(folder, 'keys'), 'utf8').trim().split(' ');
  return { databaseFile: join(folder, 'redmine.sqlite3'), keys: [admin, pusher, reader] };
}

async function initialise(folder: string): Promise<void> {
  const work = createRunFolder('redmine-template');
  const { env, databaseFile, unlink } = createRedmineSite(work);
  try {
    const options = { env, cwd: redmineProgramFolder, timeoutMs: 300_000 };
    // Two processes: in one call no default data is loaded.
    await runCommand('bin/rake', ['db:migrate'], options);
    await runCommand('bin/rake', ['redmine:load_default_data'], options);
    const output = await runCommand('bin/rails', ['runner', seedScript], options);
    const keys = /^KEYS (.+)$/m.exec(output)?.[1];
    if (keys === undefined) throw new Error(`no keys from the seed: ${output}`);
    copyFileSync(databaseFile, join(folder, 'redmine.sqlite3'));
    writeFileSync(join(folder, 'keys'), keys, { mode: 0o600 });
  } finally {
    unlink();
    rmSync(join(work, 'redmine.sqlite3'), { force: true });
    removeRunFolder(work);
  }
}
