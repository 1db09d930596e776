import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { makeUserDir, makeUserSubdir, removeDir } from './as-user.ts';
import { e2eContext } from './context.ts';
import { writeLaunchScript } from './launch-script.ts';

export interface LaunchOptions {
  /** A profile to go on with; without it a new one is made, and removed by `close`. */
  readonly profileDir?: string | undefined;
  /** With an unlocked keyring of its own; without it there is no keychain at all. */
  readonly hasKeyring?: boolean | undefined;
  /** Where that keyring is kept, to find it again after a restart. */
  readonly keyringDir?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Words after the app's folder, such as a `palomar:` link. */
  readonly words?: readonly string[] | undefined;
}

export interface RunningApp {
  /** The main process, to ask or to stub things in it. */
  readonly electron: ElectronApplication;
  readonly page: Page;
  readonly profileDir: string;
  /** Ends the app as a person would, and removes what was made for it. */
  close(): Promise<void>;
  /** kill -9 of the main process. */
  kill(): Promise<void>;
}

const launchTimeoutMs = 30_000;
const closeTimeoutMs = 15_000;

/** Starts the built app in a real Electron with its real sandbox, as an ordinary user. */
export const launchApp = async (options: LaunchOptions = {}): Promise<RunningApp> => {
  const { appDir, electron: program } = e2eContext();
  const workDir = await makeUserDir('app');
  const profileDir = options.profileDir ?? (await makeUserSubdir(workDir, 'profile'));
  const electron = await _electron.launch({
    executablePath: await writeLaunchScript(workDir, program, options.hasKeyring),
    args: [appDir, '--disable-gpu', '--profile', profileDir, ...(options.words ?? [])],
    chromiumSandbox: true,
    timeout: launchTimeoutMs,
    env: await environment(workDir, options),
  });
  // Listened for from the start: an app that ended by itself must not be waited for.
  const ended = new Promise<void>((resolve) => electron.once('close', () => resolve()));
  const mainPid = await electron.evaluate(() => process.pid);
  const page = await electron.firstWindow({ timeout: launchTimeoutMs });

  const end = async (how: () => unknown): Promise<void> => {
    const timer = setTimeout(() => killQuietly(mainPid), closeTimeoutMs);
    // A call into an app that is ending may never be answered, so only the end is waited for.
    void how();
    await ended;
    clearTimeout(timer);
    await removeDir(workDir);
  };
  return {
    electron,
    page,
    profileDir,
    close: () => end(() => electron.evaluate(({ app }) => app.quit()).catch(() => undefined)),
    kill: () => end(() => killQuietly(mainPid)),
  };
};

/** Nothing of the caller's own desktop or home reaches the app. */
const environment = async (workDir: string, options: LaunchOptions): Promise<Record<string, string>> => {
  const { display, node } = e2eContext();
  const home = await makeUserSubdir(workDir, 'home');
  const runtimeDir = await makeUserSubdir(workDir, 'run');
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    DISPLAY: display,
    // GTK would wait up to 25 s for an accessibility bus that answers late.
    NO_AT_BRIDGE: '1',
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_RUNTIME_DIR: runtimeDir,
    XDG_DATA_HOME: options.keyringDir ?? join(home, '.local', 'share'),
    ...(options.hasKeyring === true ? { XDG_CURRENT_DESKTOP: 'GNOME' } : { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }),
    PALOMAR_NODE: node,
    ...options.env,
  };
};

const killQuietly = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
};
