import type { Locator, Page } from 'playwright-core';
import { until } from '../../kit/until.ts';

/** The inbox as a person uses it: what is said here is clicked, typed and read, nothing else. */
export const inboxOf = (page: Page) => {
  page.setDefaultTimeout(15_000);
  const byId = (id: string): Locator => page.getByTestId(id);
  const row = (title: string): Locator => page.locator(`[data-testid=conversation-row][data-conversation-title="${title}"]`);
  const bubble = (text: string): Locator => byId('message').filter({ hasText: text });
  return {
    byId,
    row,
    bubble,
    async choosePassphrase(passphrase: string): Promise<void> {
      await byId('passphrase').fill(passphrase);
      await byId('passphrase-repeat').fill(passphrase);
      await byId('passphrase-submit').click();
      await byId('passphrase-dialog').waitFor({ state: 'detached' });
    },
    async fillAccount(network: string, values: Readonly<Record<string, string>>): Promise<void> {
      await byId(`network-${network}`).click();
      await byId('account-more').click();
      for (const [name, value] of Object.entries(values)) await byId(`account-${name}`).fill(value);
      await byId('account-submit').click();
    },
    /** From now on a push can be taken back for so long before it goes. Ends in the inbox. */
    async pushAfter(seconds: 0 | 5 | 10 | 20 | 30): Promise<void> {
      await byId('nav-settings').click();
      await byId('settings-general').click();
      await byId('setting-push-undo').selectOption(String(seconds));
      await byId('nav-inbox').click();
    },
    async open(title: string): Promise<void> {
      await row(title).click();
      await until(async () => (await byId('conversation-title').innerText()).includes(title), { label: `${title} is open` });
    },
    async write(text: string): Promise<void> {
      await byId('composer-input').fill(text);
      await page.keyboard.press('Enter');
    },
    async delivery(text: string): Promise<string | null> {
      return bubble(text).last().getAttribute('data-delivery');
    },
  };
};

export type Inbox = ReturnType<typeof inboxOf>;
