import { app } from 'electron';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readProfileOption } from './security/command-line.ts';

/**
 * Chooses the profile's folder and puts Chromium's own files into a folder of it, before anything is written.
 * @returns absolute path; only this user may read it
 */
export const openProfileDir = (words: readonly string[]): string => {
  const dir = readProfileOption(words) ?? join(app.getPath('appData'), 'Palomar');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  app.setPath('userData', join(dir, 'window'));
  app.setPath('sessionData', join(dir, 'window'));
  return dir;
};
