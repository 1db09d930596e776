import { until } from '../../kit/until.ts';
import { inboxOf, type Inbox } from '../story/inbox.ts';
import { launchApp, type LaunchOptions, type RunningApp } from './launch-app.ts';

export interface OpenInbox {
  readonly app: RunningApp;
  readonly inbox: Inbox;
}

/** What the sample network brings: twelve people and one group. */
export const demoConversationCount = 13;

/** A fresh app in which the person has chosen the sample data. */
export const launchDemo = async (options: LaunchOptions = {}): Promise<OpenInbox> => {
  const app = await launchApp(options);
  const inbox = inboxOf(app.page);
  await inbox.byId('welcome-demo').click();
  await waitForDemoList(inbox);
  return { app, inbox };
};

export const waitForDemoList = (inbox: Inbox): Promise<true> =>
  until(async () => (await inbox.byId('conversation-row').count()) === demoConversationCount, { label: 'all sample conversations' });
