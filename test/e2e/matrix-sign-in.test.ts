// needs: electron synapse tools
/** Signing in to Matrix as servers have it, in the real window: OAuth on the server's page, and again after it was ended. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { startAuthServer, startSynapse, visitAuthPage, type AuthServer, type SynapseServer } from '../lab/index.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchApp, type RunningApp } from './kit/launch-app.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { passphrase } from './kit/xmpp-inbox.ts';
import { takePicture } from './kit/take-picture.ts';
import { inboxOf } from './story/inbox.ts';

const tidyUp = useTidyUp();
const ana = { user: 'ana', password: 'a secret' };
let auth: AuthServer;
let synapse: SynapseServer;

beforeAll(async () => {
  // Synapse believes a token for as long as it was told, also when keys that just come in bring its device back.
  auth = await startAuthServer({ accessTtlMs: 5_000 });
  synapse = await startSynapse({ auth: { url: auth.url, secret: auth.secret } });
  auth.attach(synapse.baseUrl);
  await auth.register(ana.user, ana.password);
});
afterAll(async () => {
  await synapse?.stop();
  await auth?.stop();
});

/** The link that the person's browser would open. */
const shownLink = async ({ page }: RunningApp): Promise<string> => {
  const link = page.getByTestId('dialog-sheet').locator('.mono');
  await link.waitFor();
  return await link.innerText();
};

it('goes on the page of the server, says so when that was declined, and does it again in place', async () => {
  const app = tidyUp.app(await launchApp());
  const inbox = inboxOf(app.page);
  const chip = async (): Promise<string> => await inbox.byId('online-chip').innerText();
  await inbox.byId('welcome-add-account').click();
  // The server takes no passwords: its own way is offered at once.
  await inbox.fillAccount('matrix', { address: '@ana:localhost', password: 'typed in vain', server: synapse.baseUrl });
  await inbox.choosePassphrase(passphrase);
  await shownLink(app);
  await takePicture(app.page, 'oauth-link');
  expect(await findProblems(app.page)).toEqual([]);

  await visitAuthPage(await shownLink(app), { ...ana, decision: 'deny' });
  await inbox.byId('dialog-error').getByText('did not let Palomar in').waitFor();
  await takePicture(app.page, 'oauth-declined');
  expect(await findProblems(app.page)).toEqual([]);
  // Its way back has taken its answer: a new one is made.
  await inbox.byId('dialog-retry').click();
  await visitAuthPage(await shownLink(app), ana);
  await until(async () => (await chip()).startsWith('1 of 1'), { label: 'the account online', timeoutMs: 20_000 });

  await auth.endSessions(ana.user);
  const banner = inbox.byId('needs-login-banner');
  await banner.getByText('becomes a new device').waitFor({ timeout: 60_000 });
  await takePicture(app.page, 'oauth-ended');
  expect(await findProblems(app.page)).toEqual([]);
  await banner.getByRole('button').click();
  const link = await shownLink(app);
  await takePicture(app.page, 'oauth-again');
  expect(await findProblems(app.page)).toEqual([]);
  await visitAuthPage(link, ana);
  await banner.waitFor({ state: 'detached' });
  await until(async () => (await chip()).startsWith('1 of 1'), { label: 'online again', timeoutMs: 20_000 });

  await inbox.byId('nav-settings').click();
  await inbox.byId('settings-accounts').click();
  await inbox.byId('account-manage').click();
  await inbox.byId('account-tab-services').click();
  await inbox.byId('service-commands').click();
  await app.page.locator('[data-testid=command][data-node=account-page]').click();
  expect(await shownLink(app)).toBe(`${auth.url}/account/`);
  await takePicture(app.page, 'oauth-account-page');
  expect(await findProblems(app.page)).toEqual([]);
});
