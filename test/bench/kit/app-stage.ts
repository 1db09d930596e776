import { chownSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeUserDir, removeDir } from '../../e2e/kit/as-user.ts';
import { e2eContext } from '../../e2e/kit/context.ts';
import { prepareE2e } from '../../e2e/kit/prepare-e2e.ts';
import { largeStore } from './large-store.ts';

export interface AppStage {
  /** Belongs to the test user; a million messages, one account that is switched off. */
  readonly profileDir: string;
}

let stage: Promise<AppStage> | undefined;
let cleanUp: () => Promise<void> = () => Promise.resolve();

/** The built app, Electron, a display and a profile with a million messages: made once for a run. */
export const appStage = (): Promise<AppStage> => (stage ??= setStage());

/** Call it at the end of the run. */
export const clearAppStage = (): Promise<void> => cleanUp();

async function setStage(): Promise<AppStage> {
  const stop = await prepareE2e();
  const profileDir = await makeUserDir('bench-profile');
  cleanUp = async () => {
    await stop();
    await removeDir(profileDir);
  };
  const store = join(profileDir, 'palomar.db');
  copyFileSync(largeStore(1_000_000).path, store);
  const { user } = e2eContext();
  if (user !== null) chownSync(store, user.uid, user.gid);
  return { profileDir };
}
