// needs: electron prosody peers tools
/** What messages can carry, in the real window with a real server and a client that is not ours. */
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { startSlixmppPeer, type SlixmppPeer } from '../lab/index.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchApp, type RunningApp } from './kit/launch-app.ts';
import { takeDocsPicture, takePicture } from './kit/take-picture.ts';
import { addXmppAccount, ownPassword, startXmppWorld, type XmppWorld } from './kit/xmpp-inbox.ts';
import { inboxOf, type Inbox } from './story/inbox.ts';

const mebibyte = 1024 * 1024;

/** One second of a tone, as a WAV file. */
const tone = (): Buffer => {
  const samples = Buffer.alloc(8_000, 0x80);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(8_000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
};

/** A gradient of 8 by 8 pixels. */
const thumbnail =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAd0lEQVR42hXMMREAMQgAwShBCSKoqSPiRFBTIwIR1Cj6/LU7c+cMMujgA0MOPexwTiONNt7QZNPN9oNCCi28oMiii60HgQQaeECQQQcbD0BAwfnL/8fy4CIXvfiFS176sveBIYYabmCk0cbaA0UUVVz/YyqtrPIBxERYwbSxIlUAAAAASUVORK5CYII=';

describe('messages', () => {
  let world: XmppWorld;
  let peer: SlixmppPeer;
  let app: RunningApp;
  let inbox: Inbox;
  let own: string;

  beforeAll(async () => {
    world = await startXmppWorld();
    peer = await world.connectPeer();
    app = await launchApp({ env: world.env });
    inbox = inboxOf(app.page);
    await addXmppAccount(inbox, world);
    own = `marta@${world.prosody.domain}`;
    await inbox.byId('new-conversation').click();
    await inbox.byId('start-address').fill(own);
    await app.page.keyboard.press('Enter');
    await inbox.byId('composer-input').waitFor();
  });
  afterAll(async () => {
    await app?.close();
    await world?.stop();
  });

  it('are drawn with their styles, and stay what was written', async () => {
    await peer.send(world.ownJid, 'This is *important* and `code`\n> quoted _words_\n<b>never</b>');
    const bubble = inbox.bubble('This is *important*');
    await bubble.locator('.strong').filter({ hasText: 'important' }).waitFor();
    expect(await bubble.locator('blockquote').innerText()).toContain('quoted');
    expect(await bubble.locator('b').count()).toBe(0);
  });

  it('that are spoilers open by Enter', async () => {
    await peer.send(world.ownJid, 'The butler did it', { xml: '<spoiler xmlns="urn:xmpp:spoiler:0">The film</spoiler>' });
    const cover = inbox.byId('spoiler');
    await cover.waitFor();
    expect(await inbox.bubble('The butler did it').count()).toBe(0);
    expect(await cover.getAttribute('aria-expanded')).toBe('false');
    await cover.focus();
    await app.page.keyboard.press('Enter');
    await inbox.bubble('The butler did it').waitFor();
  });

  it('that were corrected show what stood there before', async () => {
    const id = await peer.send(world.ownJid, 'We meet at nien');
    await inbox.bubble('We meet at nien').waitFor();
    await peer.send(world.ownJid, 'We meet at nine', { replaces: id });
    const corrected = inbox.bubble('We meet at nine');
    await corrected.waitFor();
    await corrected.getByTestId('edited').click();
    await until(async () => (await inbox.byId('versions').innerText()).includes('We meet at nien'), { label: 'the former text' });
    await app.page.keyboard.press('Escape');
  });

  it('of what one does are said of oneself, and corrected so', async () => {
    await inbox.write('/me waves');
    await peer.waitForMessage(({ body }) => body === '/me waves');
    const act = inbox.bubble('waves');
    await until(async () => /\* \S.* waves/.test(await act.innerText()), { label: 'who waves' });
    await act.hover();
    await inbox.byId('message-edit').click();
    expect(await inbox.byId('composer-input').inputValue()).toBe('waves');
    await inbox.write('dances');
    await peer.waitForMessage(({ body }) => body === '/me dances');
    await until(async () => /\* \S.* dances/.test(await inbox.bubble('dances').innerText()), { label: 'who dances' });
    await takePicture(app.page, 'action');
  });

  it('are answered and reacted to, both ways', async () => {
    const question = await peer.send(world.ownJid, 'Shall we say Thursday?');
    await inbox.bubble('Shall we say Thursday?').hover();
    await inbox.byId('message-reply').click();
    await inbox.write('Thursday is fine');
    const xml = await peer.waitForStanza(/<body>[^<]*Thursday is fine<\/body>/);
    expect(xml).toContain(`id="${question}"`);
    const ours = /^<message[^>]* id="([^"]+)"/.exec(xml)?.[1] ?? '';
    await peer.react(world.ownJid, ours, ['👍', '🎉']);
    await inbox.bubble('Thursday is fine').getByText('🎉').waitFor();
    await inbox.bubble('Shall we say Thursday?').first().hover();
    await takeDocsPicture(app.page, 'reactions');
  });

  it('that disappear say so, and take their text along', async () => {
    await peer.send(world.ownJid, 'For a moment', { xml: '<ephemeral xmlns="urn:xmpp:ephemeral:0" timer="2"/>' });
    await inbox.bubble('has disappeared').waitFor();
    expect(await inbox.bubble('For a moment').count()).toBe(0);
  });

  it('of files show a picture that came along, and fetch nothing by themselves', async () => {
    const file = `<file xmlns="urn:xmpp:file:metadata:0"><media-type>image/png</media-type><name>plan.png</name><size>5000000</size><width>400</width><height>300</height><thumbnail xmlns="urn:xmpp:thumbs:1" uri="${thumbnail}" media-type="image/png"/></file>`;
    const sources = '<sources><url-data xmlns="http://jabber.org/protocol/url-data" target="https://localhost:1/plan.png"/></sources>';
    await peer.send(world.ownJid, 'The plan', { xml: `<file-sharing xmlns="urn:xmpp:sfs:0" disposition="inline">${file}${sources}</file-sharing>` });
    const picture = inbox.bubble('The plan').getByTestId('message-thumbnail');
    await picture.waitFor();
    expect(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(8);
  });

  it('with a file show how far it got; it can be stopped and sent again', async () => {
    const buffer = randomBytes(8 * mebibyte);
    await inbox.byId('file-input').setInputFiles({ name: 'large.bin', mimeType: 'application/octet-stream', buffer });
    await until(async () => (await inbox.byId('upload').getAttribute('data-state')) === 'ready', { label: 'the file is staged', timeoutMs: 60_000 });
    const shown = await app.page.evaluateHandle(() => {
      const values: number[] = [];
      new MutationObserver(() => {
        const bar = document.querySelector('[data-testid=upload-progress] [role=progressbar]');
        if (bar) values.push(Number(bar.getAttribute('aria-valuenow')));
      }).observe(document.body, { subtree: true, childList: true, attributes: true });
      return values;
    });
    // A server that takes its time.
    process.kill(-world.prosody.pid, 'SIGSTOP');
    await inbox.write('A large file');
    await inbox.byId('upload-progress').waitFor();
    await takeDocsPicture(app.page, 'files');
    await inbox.byId('cancel-upload').click();
    process.kill(-world.prosody.pid, 'SIGCONT');
    const message = inbox.bubble('A large file');
    await message.getByTestId('message-retry').waitFor();
    expect(await message.innerText()).toContain('cancelled');
    expect(peer.events.some(({ body }) => String(body).startsWith('A large file'))).toBe(false);

    await message.getByTestId('message-retry').click();
    const xml = await peer.waitForStanza(/A large file/);
    expect(xml).toContain(createHash('sha256').update(buffer).digest('base64'));
    await until(async () => (await inbox.delivery('A large file')) !== 'sending', { label: 'sent' });
    const values = [...new Set(await shown.jsonValue())];
    expect(values.length).toBeGreaterThan(1);
    expect(values.at(-1)).toBe(100);
    expect(peer.events.filter(({ event, body }) => event === 'message' && String(body).startsWith('A large file'))).toHaveLength(1);
  });

  it('with an image take a tiny picture of it along', async () => {
    await inbox.byId('file-input').setInputFiles({ name: 'plan.png', mimeType: 'image/png', buffer: Buffer.from(thumbnail.split(',')[1] ?? '', 'base64') });
    await until(async () => (await inbox.byId('upload').getAttribute('data-state')) === 'ready', { label: 'the file is staged' });
    await inbox.write('Our plan');
    const xml = await peer.waitForStanza(/Our plan/);
    expect(xml).toMatch(/<thumbnail [^>]*uri="data:image\/jpeg;base64,/);
    expect(xml).toMatch(/<width>8<\/width>/);
  });

  it('of sound play where they stand', async () => {
    await inbox.byId('file-input').setInputFiles({ name: 'note.wav', mimeType: 'audio/wav', buffer: tone() });
    await until(async () => (await inbox.byId('upload').getAttribute('data-state')) === 'ready', { label: 'the file is staged' });
    await inbox.write('A voice note');
    const player = inbox.bubble('A voice note').locator('audio');
    await player.waitFor();
    await until(async () => (await player.evaluate((audio) => (audio as HTMLAudioElement).duration)) === 1, { label: 'one second of sound' });
  });

  it('read on the phone are no longer unread here, within two seconds; what is read here the phone knows', async () => {
    const { host, c2sPort: port, caFile } = world.prosody;
    const phone = await startSlixmppPeer({ jid: `${world.ownJid}/phone`, password: ownPassword, host, port, caFile });
    try {
      const node = 'urn:xmpp:mds:displayed:0';
      const stanzaIdOf = async (text: string): Promise<string> => {
        const xml = await phone.waitForStanza(new RegExp(`<body>${text}`));
        return /<stanza-id [^>]*id="([^"]+)"/.exec(xml)?.[1] ?? '';
      };
      const badge = inbox.byId('nav-inbox').locator('.count');
      await inbox.byId('nav-settings').click();
      await peer.send(world.ownJid, 'Read me elsewhere');
      await until(async () => (await badge.allInnerTexts()).join() === '1', { label: 'one unread message' });
      const id = await stanzaIdOf('Read me elsewhere');
      const mark = `<displayed xmlns="${node}"><stanza-id xmlns="urn:xmpp:sid:0" by="${world.ownJid}" id="${id}"/></displayed>`;
      await phone.iq('set', null, `<pubsub xmlns="http://jabber.org/protocol/pubsub"><publish node="${node}"><item id="${own}">${mark}</item></publish></pubsub>`);
      await until(async () => (await badge.count()) === 0, { label: 'no badge', timeoutMs: 2_000 });

      await peer.send(world.ownJid, 'Read me here');
      const readHere = await stanzaIdOf('Read me here');
      await inbox.byId('nav-inbox').click();
      await inbox.open(own);
      await app.page.bringToFront();
      const kept = (): Promise<string> => phone.iq('get', null, `<pubsub xmlns="http://jabber.org/protocol/pubsub"><items node="${node}"/></pubsub>`);
      await until(async () => (await kept()).includes(readHere), { label: 'the phone knows', timeoutMs: 15_000 });
    } finally {
      await phone.stop();
    }
  });

  it('that are encrypted for others are never answered in clear without consent', async () => {
    const hint = '<encryption xmlns="urn:xmpp:eme:0" namespace="eu.siacs.conversations.axolotl" name="OMEMO"/>';
    await peer.send(world.ownJid, 'You cannot read this', { xml: hint });
    await inbox.bubble('Encrypted with OMEMO').waitFor();
    await inbox.byId('composer-blocked').waitFor();
    expect(await inbox.byId('composer-input').count()).toBe(0);
    // Who runs a server can make this one up: it does not open the way.
    await peer.send(world.ownJid, 'Never mind, just write in clear');
    await inbox.bubble('Never mind').waitFor();
    await inbox.byId('composer-blocked').waitFor();
    expect(await inbox.byId('composer-input').count()).toBe(0);
    expect(await findProblems(app.page)).toEqual([]);
    await takeDocsPicture(app.page, 'encrypted-by-others');
    await inbox.byId('allow-plain').click();
    await inbox.byId('confirm-action').click();
    await inbox.byId('plain-warning').waitFor();
    await inbox.write('In clear, and I know it');
    await peer.waitForMessage(({ body }) => body === 'In clear, and I know it');
    expect(await findProblems(app.page)).toEqual([]);
    await inbox.byId('forbid-plain').click();
    await inbox.byId('composer-blocked').waitFor();
  });
});
