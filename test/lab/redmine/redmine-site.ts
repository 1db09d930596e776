import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface RedmineSite {
  /** Environment that makes every Redmine program use this folder. */
  env: NodeJS.ProcessEnv;
  databaseFile: string;
  /** Debian's Redmine looks for its sites in /var/lib/redmine; this takes ours out of there again. */
  unlink(): void;
}

export const redmineProgramFolder = '/usr/share/redmine';

/** Lays out a folder for one Redmine: database, secret, logs, uploads, and a Gemfile with an application server. */
export function createRedmineSite(folder: string): RedmineSite {
  const id = basename(folder);
  for (const part of ['config', 'log', 'files', 'tmp/cache', 'public/plugin_assets', 'gem']) mkdirSync(join(folder, part), { recursive: true });
  const databaseFile = join(folder, 'redmine.sqlite3');
  writeFileSync(join(folder, 'config/database.yml'), `production:\n  adapter: sqlite3\n  database: ${databaseFile}\n  timeout: 10000\n`);
  writeFileSync(join(folder, 'config/secret_key.txt'), randomBytes(40).toString('hex'), { mode: 0o600 });
  writeFileSync(join(folder, 'gem/Gemfile'), `eval_gemfile '${redmineProgramFolder}/Gemfile'\ngem 'puma'\n`);
  const place = join('/var/lib/redmine', id);
  rmSync(place, { force: true });
  symlinkSync(folder, place);
  const env = {
    ...process.env,
    X_DEBIAN_SITEID: id,
    RAILS_ENV: 'production',
    REDMINE_LANG: 'en',
    SCHEMA: '/dev/null',
    BUNDLE_GEMFILE: join(folder, 'gem/Gemfile'),
  };
  return { env, databaseFile, unlink: () => rmSync(place, { force: true }) };
}
