import { mkdirSync } from 'node:fs';
import { afterEach } from 'vitest';
import { removeDir } from './as-user.ts';
import type { RunningApp } from './launch-app.ts';

export interface TidyUp {
  /** Done when the running test is over, the last one first. */
  later(action: () => Promise<unknown>): void;
  /** Closes the app when the test is over; a failed test leaves a picture of it in test-results. */
  app<App extends Pick<RunningApp, 'page' | 'close'>>(app: App): App;
  dir(path: string): string;
}

/** Call it once in a file: whatever a test opened is closed after it, however it ended. */
export const useTidyUp = (): TidyUp => {
  const actions: ((failedTest: string | null) => Promise<unknown>)[] = [];
  afterEach(async ({ task }) => {
    const failedTest = task.result?.state === 'fail' ? task.name : null;
    for (const action of actions.splice(0).reverse()) await action(failedTest);
  });
  return {
    later: (action) => void actions.push(action),
    app: (app) => {
      actions.push(async (failedTest) => {
        if (failedTest !== null) await takePicture(app, failedTest);
        await app.close();
      });
      return app;
    },
    dir: (path) => {
      actions.push(() => removeDir(path));
      return path;
    },
  };
};

/** What a person would have seen; an app that is gone has nothing to show. */
const takePicture = async ({ page }: Pick<RunningApp, 'page'>, test: string): Promise<void> => {
  mkdirSync('test-results', { recursive: true });
  const name = test.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80);
  await page.screenshot({ path: `test-results/${name}.png`, timeout: 5_000 }).catch(() => undefined);
};
