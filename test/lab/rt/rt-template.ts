import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedTemplate } from '../core/cached-template.ts';
import { runCommand } from '../core/run-command.ts';
import { createRequestTrackerFolder } from './rt-config.ts';

const seedScript = fileURLToPath(new URL('./seed.pl', import.meta.url));

export interface RequestTrackerTemplate {
  databaseFile: string;
  /** Works for every copy of the database. */
  token: string;
}

/** An initialised database with our custom fields and a token for root: made once (10 s), copied per start. */
export async function requestTrackerTemplate(): Promise<RequestTrackerTemplate> {
  const version = await runCommand('dpkg-query', ['--show', 'request-tracker5']);
  const folder = await cachedTemplate('request-tracker-db', [version.trim(), readFileSync(seedScript, 'utf8')], initialise);
  return { databaseFile: join(folder, 'rt5'), token: readFileSync(join(folder, 'token'), 'utf8').trim() };
}

async function initialise(folder: string): Promise<void> {
  const work = join(folder, 'work');
  const { env, databaseFile } = createRequestTrackerFolder(work, 0);
  const setup = ['--action', 'init', '--skip-create', '--dba', 'root', '--dba-password', ''];
  await runCommand('/usr/sbin/rt-setup-database-5', setup, { env, timeoutMs: 300_000 });
  const token = await runCommand('perl', [seedScript], { env });
  copyFileSync(databaseFile, join(folder, 'rt5'));
  writeFileSync(join(folder, 'token'), token, { mode: 0o600 });
  rmSync(work, { recursive: true, force: true });
}
