/** Where things are. Plain JavaScript for Node 20: set-up runs before Node 24 is there. */
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectDir = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** What is built. A build is made elsewhere, named here by build-app.mjs, and moved to `dist` when it is whole. */
export const distDir = process.env.PALOMAR_DIST ?? join(projectDir, 'dist');
export const modulesDir = join(projectDir, 'node_modules');

/** Kept between runs and between checkouts: test runtimes, wheels, server images. */
export const cacheDir = process.env.PALOMAR_CACHE ?? join(homedir(), '.cache', 'palomar');

/** Where a person's own profile lives unless `--profile` says otherwise; the same as Electron's `appData` folder. */
export const defaultProfileDir = () => {
  if (process.platform === 'win32') return join(process.env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Palomar');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Palomar');
  return join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'Palomar');
};
