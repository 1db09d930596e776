/**
 * A released migration never changes: its hash is locked in migrations.lock.json.
 * `node build/checks/migrations.mjs` checks the released steps; `--lock` adds the new ones (never replaces one) and
 * `--release` also fails when one is missing from the lock.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..', '..');
export const lockPath = join(import.meta.dirname, 'migrations.lock.json');
export const migrationsFolder = join(root, 'electron/engine/store/migrations');

/** Hashes of the steps, by file name; line ends do not count. */
export function hashMigrations(folder = migrationsFolder) {
  const names = readdirSync(folder).filter((name) => /^\d{4}-[a-z0-9-]+\.ts$/.test(name)).sort();
  return Object.fromEntries(
    names.map((name) => {
      const text = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
      return [name, createHash('sha256').update(text).digest('hex')];
    }),
  );
}

/** What is wrong, one sentence each; empty when all is well. */
export function findProblems(hashes, locked, indexText, isRelease = false) {
  const problems = [];
  for (const [name, hash] of Object.entries(locked)) {
    if (!(name in hashes)) problems.push(`${name} was released and is gone.`);
    else if (hashes[name] !== hash) problems.push(`${name} was released and must not change: add a new step instead.`);
  }
  const newestLocked = Object.keys(locked).sort().at(-1) ?? '';
  for (const name of Object.keys(hashes)) {
    if (!(name in locked) && name < newestLocked) problems.push(`${name} stands before a released step: number it higher.`);
    if (isRelease && !(name in locked)) problems.push(`${name} is not locked: run node build/checks/migrations.mjs --lock.`);
    if (!indexText.includes(`'./${name}'`)) problems.push(`${name} is not in migrations/index.ts.`);
  }
  return problems;
}

function main(isLocking, isRelease) {
  const hashes = hashMigrations();
  const locked = JSON.parse(readFileSync(lockPath, 'utf8'));
  if (isLocking) writeFileSync(lockPath, `${JSON.stringify({ ...hashes, ...locked }, null, 2)}\n`);
  const indexText = readFileSync(join(migrationsFolder, 'index.ts'), 'utf8');
  const problems = findProblems(hashes, JSON.parse(readFileSync(lockPath, 'utf8')), indexText, isRelease);
  for (const problem of problems) console.error(`migrations: ${problem}`);
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = main(process.argv.includes('--lock'), process.argv.includes('--release'));
}
