import { launchApp, type RunningApp } from '../../e2e/kit/launch-app.ts';
import { appStage } from './app-stage.ts';

/** The real app on a million messages, its list shown; closed again whatever happens. */
export async function withLargeApp<Result>(run: (app: RunningApp) => Promise<Result>): Promise<Result> {
  const { profileDir } = await appStage();
  const app = await launchApp({ profileDir });
  try {
    await app.page.locator('[data-testid="conversation-row"]').first().waitFor();
    return await run(app);
  } finally {
    await app.close();
  }
}
