/** The shell: starts the engine, shows the page, and is the only part that talks to the operating system's desktop. */
import { app, Menu } from 'electron';
import { join } from 'node:path';
import { declareAppScheme } from './app-protocol/app-protocol.ts';
import { chooseLauncher } from './engine-process/choose-launcher.ts';
import { log } from './log.ts';
import { openProfileDir } from './profile-dir.ts';
import { runShell } from './run-shell.ts';
import { findForbiddenSwitches, isOverlong } from './security/command-line.ts';
import { lockAllContents } from './security/contents-lockdown.ts';

const engineScript = join(__dirname, '..', 'engine', 'child.mjs');
const words = process.argv.slice(1);
const forbidden = app.isPackaged ? findForbiddenSwitches(words) : [];
if (forbidden.length > 0 || isOverlong(words)) {
  log(forbidden.length > 0 ? `this switch is not allowed: ${forbidden[0]}` : 'too many words to start with');
  app.exit(2);
} else {
  // With both, no window ever opens: the switch is dropped for child processes (root only; npm start warns).
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  // Before Electron makes a menu of its own, which holds developer tools; ours comes with the tray.
  Menu.setApplicationMenu(null);
  // Saves a process of 22 MiB and its start; nothing of the page goes through it (docs/decisions/0030-fewer-processes.md).
  if (process.platform !== 'darwin') app.commandLine.appendSwitch('enable-features', 'NetworkServiceInProcess2');
  declareAppScheme();
  lockAllContents();
  const profileDir = openProfileDir(words);
  // A second start hands its words to the first and ends.
  if (app.requestSingleInstanceLock()) {
    const launch = chooseLauncher(engineScript, join(profileDir, 'code-cache'));
    void app.whenReady().then(() => runShell({ profileDir, words, launch }));
  } else {
    app.exit(0);
  }
}
