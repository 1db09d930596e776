import { launchApp, type LaunchOptions } from './kit/launch-app.ts';
import { makeUserDir, removeDir } from './kit/as-user.ts';
import { describeStory, type StoryApp } from './story/story.ts';

const open = async (options: LaunchOptions, profileDir: string): Promise<StoryApp> => {
  const app = await launchApp({ ...options, profileDir });
  return {
    page: app.page,
    async close() {
      await app.close();
      await removeDir(profileDir);
    },
    async restart() {
      await app.close();
      return open(options, profileDir);
    },
  };
};

describeStory('in the window', async (env) => open({ env }, await makeUserDir('profile')));
