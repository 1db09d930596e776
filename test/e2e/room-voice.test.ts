// needs: electron ejabberd peers tools
/** In the real window: finding somebody on one's own server, asking to speak in a room, letting somebody speak, and answering a server that asks whether a person does. */
import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { startEjabberd, startSlixmppPeer, type EjabberdServer, type SlixmppPeer } from '../lab/index.ts';
import { makeUserDir, removeDir } from './kit/as-user.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchApp } from './kit/launch-app.ts';
import { takePicture } from './kit/take-picture.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { addXmppAccount, ownPassword } from './kit/xmpp-inbox.ts';
import { inboxOf } from './story/inbox.ts';

const tidyUp = useTidyUp();
const question = '<x xmlns="jabber:x:data" type="submit"><field var="FORM_TYPE"><value>http://jabber.org/protocol/muc#request</value></field><field var="muc#role"><value>participant</value></field></x>';

/** The room gives somebody a title (XEP-0317), by the command of ejabberd. */
async function giveTitle(peer: SlixmppPeer, room: string, jid: string): Promise<void> {
  const command = (rest: string): Promise<string> => peer.iq('set', room, `<command xmlns="http://jabber.org/protocol/commands" node="http://prosody.im/protocol/hats#add" ${rest}`);
  const session = /sessionid="([^"]+)"/.exec(await command('action="execute"/>'))?.[1];
  const answers = Object.entries({ jid, hat_title: 'Lecturer', hat_uri: 'urn:palomar:lecturer' }).map(([name, value]) => `<field var="${name}"><value>${value}</value></field>`);
  await command(`action="complete" sessionid="${session}"><x xmlns="jabber:x:data" type="submit">${answers.join('')}</x></command>`);
}

describe('a person in a moderated room of ejabberd', () => {
  let server: EjabberdServer;
  let marta: SlixmppPeer;
  let caDir: string;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    server = await startEjabberd({ captcha: true, suspects: 'worker' });
    for (const name of ['worker', 'marta', 'hermit']) await server.register(name, ownPassword);
    caDir = await makeUserDir('ca');
    await copyFile(server.caFile, join(caDir, 'ca.crt'));
    await chmod(join(caDir, 'ca.crt'), 0o644);
    env = { NODE_EXTRA_CA_CERTS: join(caDir, 'ca.crt') };
    marta = await startSlixmppPeer({ jid: `marta@${server.domain}`, password: ownPassword, host: server.host, port: server.c2sPort, caFile: server.caFile });
    await marta.iq('set', null, '<vCard xmlns="vcard-temp"><FN>Marta Mets</FN></vCard>');
  });
  afterAll(async () => {
    await marta?.stop();
    await server?.stop();
    await removeDir(caDir);
  });

  it('finds somebody, hears the sound of a form, asks to speak and is let, and lets somebody speak', async () => {
    const app = tidyUp.app(await launchApp({ env }));
    const { page } = app;
    const inbox = inboxOf(page);
    await addXmppAccount(inbox, { ownJid: `worker@${server.domain}`, prosody: server }, false);

    await page.keyboard.press('Control+n');
    await inbox.byId('find-people').click();
    await page.locator('[data-field=fn]').fill('Marta*');
    await inbox.byId('dialog-complete').click();
    await inbox.byId('form-table').getByText(`marta@${server.domain}`).waitFor();
    await takePicture(page, 'find-people');
    expect(await findProblems(page)).toEqual([]);
    await inbox.byId('write').click();
    await inbox.byId('composer-input').waitFor();
    expect(await inbox.byId('dialog-sheet').count()).toBe(0);

    const { jid: botJid } = await marta.provideCommands();
    await inbox.byId('nav-settings').click();
    await inbox.byId('settings-accounts').click();
    await inbox.byId('account-manage').click();
    await inbox.byId('account-tab-services').click();
    await inbox.byId('service-address').fill(botJid);
    await inbox.byId('service-go').click();
    await inbox.byId('service-back').waitFor();
    await inbox.byId('service-commands').click();
    await page.locator('[data-testid=command][data-node=lab-form]').click();
    await page.locator('[data-field=name]').fill('Worker');
    await inbox.byId('dialog-next').click();
    const sound = inbox.byId('form-sound');
    await sound.waitFor();
    const seconds = await sound.evaluate(async (player: HTMLAudioElement) => {
      player.muted = true;
      await player.play();
      return player.duration;
    });
    expect(seconds).toBeCloseTo(0.2, 1);
    expect(await inbox.byId('form-media-link').innerText()).toContain('lab.invalid');
    await takePicture(page, 'form-sound');
    expect(await findProblems(page)).toEqual([]);
    await inbox.byId('dialog-cancel').click();
    await inbox.byId('nav-inbox').click();

    const hers = `lecture@muc.${server.domain}`;
    await marta.rooms.join(hers, 'Marta');
    await marta.rooms.configure(hers, { 'muc#roomconfig_moderatedroom': true, members_by_default: false, enable_hats: true });
    await giveTitle(marta, hers, `marta@${server.domain}`);
    await page.keyboard.press('Control+n');
    await inbox.byId('start-address').fill(hers);
    await page.keyboard.press('Enter');
    await inbox.byId('ask-voice').waitFor();
    expect(await inbox.byId('composer-input').count()).toBe(0);
    await inbox.byId('ask-voice').click();
    await inbox.byId('composer-voiceless').getByRole('status').waitFor();
    await marta.waitForStanza(/muc#request_allow/);
    await inbox.byId('member-Marta').getByText('Lecturer').waitFor();
    await takePicture(page, 'ask-voice');
    expect(await findProblems(page)).toEqual([]);
    await marta.rooms.giveRole(hers, 'worker', 'participant');
    await inbox.byId('composer-input').waitFor();
    await inbox.write('thank you');
    await marta.waitFor('group-message', ({ text, body }) => [text, body].includes('thank you'));

    await page.keyboard.press('Control+Shift+N');
    await inbox.byId('room-tab-create').click();
    await inbox.byId('room-name').fill('Ours');
    await inbox.byId('room-invite').fill(`marta@${server.domain}`);
    await inbox.byId('room-create').click();
    const ours = String((await marta.waitFor('invite'))['room']);
    await marta.rooms.join(ours, 'Marta');
    await inbox.byId('member-Marta').waitFor();
    await inbox.byId('member-Marta').getByRole('button').click();
    await page.getByRole('menuitem', { name: 'Take their voice' }).click();
    await inbox.byId('member-Marta').getByText('may only read').waitFor();
    await marta.sendRaw(`<message to="${ours}">${question}</message>`);
    await inbox.byId('voice-allow').waitFor();
    await inbox.byId('timeline').getByText('Marta asks to speak').waitFor();
    await takePicture(page, 'voice-asked');
    expect(await findProblems(page)).toEqual([]);
    await inbox.byId('voice-allow').click();
    await inbox.byId('voice-allow').waitFor({ state: 'detached' });
    await until(async () => (await inbox.byId('member-Marta').getByText('may only read').count()) === 0, { label: 'Marta may speak' });
    await marta.send(ours, 'and now I may', { type: 'groupchat' });
    await inbox.bubble('and now I may').waitFor();

    await inbox.byId('nav-contacts').click();
    await inbox.byId('add-contact').click();
    await inbox.byId('contact-address').fill(`hermit@${server.domain}`);
    await inbox.byId('contact-save').click();
    await inbox.byId('held-banner').getByText(`hermit@${server.domain}`).waitFor();
    // The question of a stranger's server opens nothing by itself.
    expect(await inbox.byId('dialog-sheet').count()).toBe(0);
    await takePicture(page, 'held-banner');
    await inbox.byId('held-answer').click();
    await inbox.byId('form-picture').waitFor();
    await page.locator('[data-field=ocr]').fill('not this');
    await inbox.byId('dialog-complete').click();
    await page.locator('[data-code=answer-wrong]').waitFor();
    expect(await page.locator('[data-field=ocr]').inputValue()).toBe('');
    await takePicture(page, 'held-question');
    expect(await findProblems(page)).toEqual([]);
    await page.locator('[data-field=ocr]').fill(server.lastCaptcha());
    await inbox.byId('dialog-complete').click();
    await page.locator('[data-code=answer-right]').waitFor();
    await inbox.byId('dialog-done').click();
    await until(async () => (await inbox.byId('held-banner').count()) === 0, { label: 'nothing is asked any more' });
  });
});
