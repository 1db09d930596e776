import { makeUserDir, removeDir } from './kit/as-user.ts';
import { launchBrowser, type BrowserOptions } from './kit/launch-browser.ts';
import { describeStory, type StoryApp } from './story/story.ts';

const open = async (options: BrowserOptions, profileDir: string): Promise<StoryApp> => {
  const browser = await launchBrowser({ ...options, profileDir });
  return {
    page: browser.page,
    async close() {
      await browser.close();
      await removeDir(profileDir);
    },
    async restart() {
      await browser.close();
      return open(options, profileDir);
    },
  };
};

describeStory('in browser mode', async (env) => open({ env }, await makeUserDir('profile')));
