import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../setup/paths.mjs';

const sources = ['bridges', 'electron', 'renderer', 'build/vite', 'build/icons', 'package.json', 'package-lock.json'];

/**
 * A hash over every file that the built app is made of. It changes when any of them changes.
 * @returns {string} hex
 */
export function sourceFingerprint() {
  const hash = createHash('sha256');
  for (const source of sources) addPath(hash, source);
  return hash.digest('hex');
}

function addPath(hash, path) {
  const absolute = join(projectDir, path);
  if (/\.[a-z]+$/.test(path)) {
    hash.update(`${path}\0`).update(readFileSync(absolute));
    return;
  }
  const entries = readdirSync(absolute, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const inner = `${path}/${entry.name}`;
    if (entry.isDirectory()) addPath(hash, inner);
    else if (entry.isFile()) hash.update(`${inner}\0`).update(readFileSync(join(projectDir, inner)));
  }
}
