import { chmod } from 'node:fs/promises';
import type { Inbox } from '../story/inbox.ts';
import { makeUserDir } from './as-user.ts';
import type { RunningApp } from './launch-app.ts';

/** Answers the operating system's own folder dialog, which no test can click. */
export const answerFolderDialog = (app: RunningApp, path: string): Promise<void> =>
  app.electron.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, path);

/** A folder for pushes that the app may write and the test may read. */
export const makePushDir = async (): Promise<string> => {
  const dir = await makeUserDir('pushes');
  await chmod(dir, 0o755);
  return dir;
};

/** Fills in the form that asks where pushes go, which must be on the screen. */
export const connectFolder = async (app: RunningApp, inbox: Inbox, path: string): Promise<void> => {
  await answerFolderDialog(app, path);
  await inbox.byId('connector-file-folder').click();
  await inbox.byId('choose-folder').click();
  await inbox.byId('connection-submit').click();
  await inbox.byId('connection-form').waitFor({ state: 'detached' });
};

/** Adds a folder as the place where pushes go at once, by the settings, and goes back to the inbox. */
export const addFolder = async (app: RunningApp, inbox: Inbox, path: string): Promise<void> => {
  await inbox.byId('nav-settings').click();
  await inbox.byId('settings-connections').click();
  await inbox.byId('add-connection').click();
  await connectFolder(app, inbox, path);
  await inbox.pushAfter(0);
};
