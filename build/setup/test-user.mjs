import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const name = 'palomar-test';

/**
 * The ordinary user that Electron and Chromium run as in tests. Their sandbox refuses root, and a test without
 * the sandbox would prove little, so under root a user without password or rights is made for it.
 * @returns {{ name: string, uid: number, gid: number, home: string } | null} null: we are an ordinary user already
 */
export function ensureTestUser() {
  if (process.getuid?.() !== 0) return null;
  const known = findUser();
  if (known) return known;
  const made = spawnSync('useradd', ['--create-home', '--shell', '/usr/sbin/nologin', name], { encoding: 'utf8' });
  const user = findUser();
  if (!user) throw new Error(`useradd ${name} failed: ${made.stderr?.trim() ?? made.error}`);
  return user;
}

function findUser() {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  if (!line) return null;
  const [, , uid, gid, , home] = line.split(':');
  return { name, uid: Number(uid), gid: Number(gid), home };
}
