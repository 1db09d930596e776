// needs: electron
/** Signing in to a CRM on its own page in the system browser, as a person sees it, and signing in again in place. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { startSalesforce, type SalesforceServer } from '../lab/crm/salesforce-server.ts';
import { launchDemo, type OpenInbox } from './kit/demo-inbox.ts';
import { findProblems } from './kit/find-problems.ts';
import { takePicture } from './kit/take-picture.ts';

let salesforce: SalesforceServer;
let opened: OpenInbox;

beforeAll(async () => {
  salesforce = await startSalesforce();
  opened = await launchDemo();
  // The system browser, which no test can look into.
  await opened.app.electron.evaluate(({ shell }) => {
    const links: string[] = [];
    Object.assign(globalThis, { openedLinks: links });
    shell.openExternal = (url) => Promise.resolve(void links.push(url));
  });
});
afterAll(async () => {
  await opened?.app.close();
  await salesforce?.server.kill();
});

const openedLinks = (): Promise<readonly string[]> =>
  opened.app.electron.evaluate(() => (globalThis as unknown as { readonly openedLinks: readonly string[] }).openedLinks);

/** The page that was opened last, once there are `count`. */
const pageOpened = async (count: number): Promise<string> => {
  const links = await until(async () => ((await openedLinks()).length === count ? openedLinks() : null), { label: `page ${count} in the browser` });
  return links.at(-1) ?? '';
};

const signIn = async (link: string): Promise<void> => {
  const page = await fetch(salesforce.agree(link));
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('go back to Palomar');
};

it('connects by way of the browser, pushes, and signs in again with nothing to type', async () => {
  const { app, inbox } = opened;
  await app.page.keyboard.press('Control+k');
  await inbox.byId('palette-input').fill('choose where');
  await inbox.byId('palette-command').first().click();
  await inbox.byId('connector-salesforce').click();
  await inbox.byId('connection-url').fill(salesforce.server.baseUrl);
  await inbox.byId('connection-clientId').fill(salesforce.clientId);
  expect(await inbox.byId('sign-in-hint').innerText()).toContain('http://localhost:47813/crm/signed-in');
  await inbox.byId('connection-submit').click();
  await inbox.choosePassphrase('a long enough passphrase');
  await inbox.byId('sign-in-wait').waitFor();
  const given = await pageOpened(1);
  await inbox.byId('sign-in-wait').scrollIntoViewIfNeeded();
  await takePicture(app.page, 'crm-sign-in');
  expect(await findProblems(app.page)).toEqual([]);

  // Given up, nobody listens any more; begun again, it goes on by itself.
  await inbox.byId('sign-in-cancel').click();
  await inbox.byId('sign-in-wait').waitFor({ state: 'detached' });
  await expect(fetch(salesforce.agree(given))).rejects.toThrow();
  await inbox.byId('connection-submit').click();
  await signIn(await pageOpened(2));
  await inbox.byId('connection-card').getByText('Ready').waitFor();

  await inbox.pushAfter(0);
  await inbox.open('Marta Ruiz');
  await inbox.byId('push').click();
  await inbox.byId('push-confirm').click();
  await inbox.byId('push-line').first().waitFor({ timeout: 30_000 });
  expect(salesforce.rows('Contact').map((row) => row['Name'])).toEqual(['Marta Ruiz']);

  // Somebody the company has otherwise: seen before the push, and left as it is by it.
  const known = { FirstName: 'Kalev', LastName: 'Tamm-Ots', Email: 'kalev@tamm.example', MobilePhone: '+372 5500 0199' };
  const kalev = salesforce.add('Contact', known);
  await inbox.open('Kalev Tamm');
  await inbox.byId('push').click();
  await inbox.byId('push-differences').waitFor();
  expect(await inbox.byId('push-difference').allInnerTexts()).toEqual([
    expect.stringMatching(/^Name\s+In the CRM: Kalev Tamm-Ots · here: Kalev Tamm$/u),
    expect.stringMatching(/^Number\s+In the CRM: \+372 5500 0199 · here: \+37255000104$/u),
  ]);
  await takePicture(app.page, 'push-differences');
  expect(await findProblems(app.page)).toEqual([]);
  await inbox.byId('push-option').last().click();
  await inbox.byId('push-differences').waitFor({ state: 'detached' });
  await inbox.byId('push-option').first().click();
  await inbox.byId('push-confirm').click();
  await inbox.byId('push-line').first().waitFor({ timeout: 30_000 });
  expect(salesforce.rows('Contact').find((row) => row['Id'] === kalev)).toMatchObject(known);
  expect(salesforce.rows('Contact')).toHaveLength(2);

  await inbox.byId('nav-settings').click();
  await inbox.byId('settings-connections').click();
  await inbox.byId('connection-renew').click();
  await inbox.byId('connection-renew-dialog').waitFor();
  await inbox.byId('connection-renew-dialog').getByTestId('connection-submit').click();
  const again = await pageOpened(3);
  await takePicture(app.page, 'crm-sign-in-again');
  await signIn(again);
  await inbox.byId('connection-renew-dialog').waitFor({ state: 'detached' });
  await inbox.byId('connection-card').getByText('Ready').waitFor();
  expect(salesforce.server.violations).toEqual([]);
});
