/**
 * The main story, as one person lives it, on real servers: two accounts, two conversations, two answers, a push, and
 * a second push of what is newer. Told the same way in the window and in browser mode.
 */
import { mkdirSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../kit/until.ts';
import { makeUserDir, removeDir } from '../kit/as-user.ts';
import { inboxOf, type Inbox } from './inbox.ts';
import { password, startStoryServers, type StoryServers } from './servers.ts';
import { readTryton } from './tryton-records.ts';

export interface StoryApp {
  readonly page: Page;
  close(): Promise<void>;
  /** Ends it and starts it again on the same profile. */
  restart(): Promise<StoryApp>;
}

const passphrase = 'a long enough passphrase';
const question = 'Buenos días, ¿podéis mejorar el precio de las 40 unidades? <b>no</b>';
const answer = 'Sí, 112 € la unidad.';
const later = 'Perfecto, cerramos.';
const roomText = 'Router in Murcia is down again';
const roomAnswer = 'I take it.';

export const describeStory = (
  name: string,
  launch: (env: Readonly<Record<string, string>>) => Promise<StoryApp>,
  screenshot?: string,
): void => {
  describe(`the main story ${name}`, () => {
    let servers: StoryServers;
    let caDir: string;
    let app: StoryApp;
    let inbox: Inbox;

    beforeAll(async () => {
      servers = await startStoryServers();
      // The app runs as another user, who cannot read our cache.
      caDir = await makeUserDir('ca');
      const caFile = join(caDir, 'ca.crt');
      await copyFile(servers.prosody.caFile, caFile);
      await chmod(caFile, 0o644);
      app = await launch({ NODE_EXTRA_CA_CERTS: caFile });
      inbox = inboxOf(app.page);
    });
    afterEach(async ({ task }) => {
      // What a person would have seen when it went wrong.
      if (task.result?.state !== 'fail' || !app) return;
      mkdirSync('test-results', { recursive: true });
      await app.page.screenshot({ path: `test-results/story-${name.replaceAll(' ', '-')}.png` });
    });
    afterAll(async () => {
      await app?.close();
      await servers?.stop();
      if (caDir) await removeDir(caDir);
    });

    it('goes from a stranger’s message on two networks to one record in the CRM', async () => {
      const { customer, colleague, prosody, synapse, tryton, file } = servers;

      // Two accounts. A wrong password first: it has a sentence of its own.
      await inbox.byId('welcome-add-account').click();
      const xmpp = { address: servers.ownJid, host: prosody.host, port: String(prosody.c2sPort) };
      await inbox.fillAccount('xmpp', { ...xmpp, password: 'not this one' });
      await choosePassphraseIfAsked(inbox);
      await inbox.byId('account-error').waitFor();
      expect(await inbox.byId('account-error').getAttribute('data-code')).toBe('wrong-password');
      await inbox.byId('account-password').fill(password);
      await inbox.byId('account-submit').click();
      await inbox.byId('list-filter').waitFor();

      await inbox.byId('nav-settings').click();
      await inbox.byId('settings-accounts').click();
      await inbox.byId('add-account').click();
      await inbox.fillAccount('matrix', { address: servers.ownMxid, password, server: synapse.baseUrl });
      await until(async () => /2/.test(await inbox.byId('online-chip').innerText()), { label: 'both accounts online' });
      await inbox.pushAfter(0);

      // A customer writes and sends a file; a colleague writes in a room we are invited to.
      await customer.send(servers.ownJid, question, { receipt: true });
      await customer.sendRaw(
        `<message to='${servers.ownJid}' type='chat' id='file-1'><body>${file.url}</body>` +
          `<x xmlns='jabber:x:oob'><url>${file.url}</url></x></message>`,
      );
      await colleague.send(servers.roomId, roomText);
      const martaRow = app.page.getByTestId('conversation-row').filter({ hasText: 'marta' });
      const roomRow = inbox.row(servers.roomName);
      await roomRow.waitFor();

      // Answer the room, after accepting its invitation.
      await roomRow.click();
      await acceptIfAsked(inbox);
      await inbox.bubble(roomText).waitFor();
      await inbox.write(roomAnswer);
      await colleague.waitForMessage((event) => event['body'] === roomAnswer);

      // Answer the customer, who is a stranger until we say otherwise.
      await inbox.byId('filter-requests').click();
      await martaRow.click();
      await inbox.byId('request-bar').waitFor();
      await inbox.byId('accept').click();
      await inbox.byId('request-bar').waitFor({ state: 'detached' });
      await inbox.byId('filter-requests').click();
      await martaRow.waitFor();
      await inbox.bubble('podéis mejorar').waitFor();
      expect(await inbox.bubble('podéis mejorar').innerText()).toContain('<b>no</b>');
      await inbox.write(answer);
      await customer.waitForMessage((event) => event['body'] === answer);
      await until(async () => ['sent', 'delivered', 'read'].includes((await inbox.delivery(answer)) ?? ''), {
        label: 'a tick under the answer',
      });

      // Push: choose the target once …
      await inbox.byId('push').click();
      await connectTryton(inbox, servers);
      if (!(await inbox.byId('push-sheet').isVisible())) {
        await inbox.byId('nav-inbox').click();
        await martaRow.click();
        await app.page.keyboard.press('Control+Enter');
      }
      await inbox.byId('push-sheet').waitFor();
      const shown = (await inbox.byId('push-text').allInnerTexts()).join('\n');
      expect(shown).toContain('podéis mejorar');
      expect(shown).toContain(answer);
      await inbox.byId('push-one-click').check();
      if (screenshot) await app.page.screenshot({ path: `${screenshot}-push.png` });
      await inbox.byId('push-confirm').click();
      await inbox.byId('push-line').first().waitFor({ timeout: 60_000 });

      // … and ask Tryton itself.
      const first = await readTryton(tryton);
      expect(first.parties).toHaveLength(1);
      expect(first.notes).toHaveLength(1);
      expect(first.notes[0]).toContain('¿podéis mejorar el precio de las 40 unidades? <b>no</b>');
      expect(first.notes[0]).toContain(answer);
      expect(first.notes[0]).toContain(shown.split('\n').at(1)?.trim() ?? '');
      expect(first.fileHashes).toEqual([file.sha256]);

      // Only what is newer goes along the second time, in one click.
      await customer.send(servers.ownJid, later);
      await inbox.bubble(later).waitFor();
      await app.page.keyboard.press('Control+Enter');
      await until(async () => (await inbox.byId('push-line').count()) === 2, { timeoutMs: 60_000, label: 'a second line' });
      const second = await readTryton(tryton);
      expect(second.parties).toEqual(first.parties);
      expect(second.notes).toHaveLength(2);
      expect(second.notes[1]).toContain(later);
      expect(second.notes[1]).not.toContain(answer);
      expect(second.fileHashes).toEqual([file.sha256]);
      if (screenshot) await app.page.screenshot({ path: `${screenshot}-inbox.png` });

      // Everything is there at once after a restart, before any network answers.
      await prosody.kill();
      await synapse.kill();
      app = await app.restart();
      inbox = inboxOf(app.page);
      await app.page.getByTestId('conversation-row').filter({ hasText: 'marta' }).click();
      await inbox.bubble(later).waitFor();
      expect(await inbox.byId('push-line').count()).toBe(2);
    }, 240_000);
  });
};

const choosePassphraseIfAsked = async (inbox: Inbox): Promise<void> => {
  const asked = inbox.byId('passphrase-dialog');
  await Promise.race([asked.waitFor(), inbox.byId('account-error').waitFor()]);
  if (await asked.isVisible()) await inbox.choosePassphrase(passphrase);
};

const acceptIfAsked = async (inbox: Inbox): Promise<void> => {
  const accept = inbox.byId('accept');
  await Promise.race([accept.waitFor(), inbox.byId('message').first().waitFor()]);
  if (await accept.isVisible()) await accept.click();
};

const connectTryton = async (inbox: Inbox, { tryton }: StoryServers): Promise<void> => {
  await inbox.byId('connector-tryton').click();
  const values = { url: tryton.baseUrl, database: tryton.database, user: tryton.user, password: tryton.password };
  for (const [name, value] of Object.entries(values)) await inbox.byId(`connection-${name}`).fill(value);
  await inbox.byId('connection-submit').click();
  await inbox.byId('connection-form').waitFor({ state: 'detached' });
};
