import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asUserWords } from './as-user.ts';

/**
 * A shell script that starts a program as the test user with the arguments it is given, for Playwright, which
 * wants one executable. The process stays the same one all the way (`exec`), so that signals reach it.
 * @param dir where the script is put
 * @param hasKeyring with a session bus and an unlocked, empty GNOME keyring of its own
 */
export const writeLaunchScript = async (dir: string, program: string, hasKeyring = false): Promise<string> => {
  const path = join(dir, hasKeyring ? 'launch-with-keyring.sh' : 'launch.sh');
  const unlock = `printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; exec "$0" "$@"`;
  const wrapped = hasKeyring ? ['dbus-run-session', '--', 'sh', '-c', quote(unlock)] : [];
  const words = [...asUserWords(), ...wrapped, quote(program)];
  await writeFile(path, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
  await chmod(path, 0o755);
  return path;
};

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
