// needs: electron prosody synapse peers tools
/** Pictures of people beside what they say in groups, on both networks: there when they come, and nothing moves for them. */
import type { Page } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { drawPng } from '../kit/draw-png.ts';
import { until } from '../kit/until.ts';
import { startSlixmppPeer, startSynapse } from '../lab/index.ts';
import { matrixPeer, type MatrixPeer } from '../lab/peers/matrix-peer.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchApp } from './kit/launch-app.ts';
import { takeDocsPicture, takePicture } from './kit/take-picture.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { scrollToBeginning } from './kit/watch-scroll.ts';
import { addXmppAccount, ownPassword, passphrase, startXmppWorld } from './kit/xmpp-inbox.ts';
import { inboxOf, type Inbox } from './story/inbox.ts';

const tidyUp = useTidyUp();

/** Of every message: who said it, and what stands beside it. */
const facesIn = (page: Page) =>
  page.getByTestId('message').evaluateAll((rows) =>
    rows.flatMap((row) => {
      const by = row.getAttribute('aria-label');
      const face = row.querySelector<HTMLElement>('[data-testid=sender-picture]');
      const image = face?.querySelector('img');
      const kind = !face ? 'none' : image && image.naturalWidth > 0 ? 'picture' : (face.textContent ?? '').trim();
      return by === null ? [] : [`${by}: ${kind}`];
    }),
  );
/** Where the bubbles stand, to the pixel. */
const placesIn = (page: Page) =>
  page.locator('.bubble').evaluateAll((bubbles) => bubbles.map((bubble) => [bubble.getBoundingClientRect().left, bubble.getBoundingClientRect().top]));
const colorsIn = (page: Page) =>
  page.getByTestId('sender-picture').evaluateAll((faces) => faces.map((face) => `${face.textContent?.trim()} ${getComputedStyle(face).backgroundColor}`));
const shows = (page: Page, faces: readonly string[], label: string) =>
  until(async () => JSON.stringify(await facesIn(page)) === JSON.stringify(faces), { label, timeoutMs: 20_000 });

it('in a room on XMPP a run of messages has the picture of who speaks, or initials, and nothing moves when one comes', async () => {
  const world = await startXmppWorld({ version: '13' });
  onTestFinished(() => world.stop());
  const { host, c2sPort: port, caFile, domain } = world.prosody;
  await world.prosody.register('kalev', ownPassword);
  const app = tidyUp.app(await launchApp({ env: world.env }));
  const { page } = app;
  const inbox = inboxOf(page);
  await addXmppAccount(inbox, world);
  const marta = await world.connectPeer();
  const kalev = await startSlixmppPeer({ jid: `kalev@${domain}`, password: ownPassword, host, port, caFile });
  onTestFinished(() => kalev.stop());
  const room = `mercado@muc.${domain}`;
  await marta.rooms.join(room, 'Marta Ruiz');
  await marta.rooms.configure(room, { 'muc#roomconfig_roomname': 'Mercado' });
  await kalev.rooms.join(room, 'Kalev Tamm');
  await marta.rooms.invite(room, world.ownJid, { isDirect: true, reason: 'Prices' });
  await page.getByRole('option', { name: /mercado/i }).click();
  await inbox.byId('accept').click();
  await inbox.byId('member-Marta Ruiz').waitFor();

  /** Rooms hear of a picture by presence (XEP-0153). */
  const showFace = async (peer: typeof marta, nick: string, color: number): Promise<void> => {
    const hash = await peer.people.publishVcard({ FN: nick }, drawPng(96, color));
    await peer.sendRaw(`<presence to="${room}/${nick}"><x xmlns="vcard-temp:x:update"><photo>${hash}</photo></x></presence>`);
  };
  await showFace(marta, 'Marta Ruiz', 0x2f_6f_4f);
  const say = async (peer: typeof marta, text: string): Promise<void> => {
    await peer.send(room, text, { type: 'groupchat' });
    await inbox.bubble(text).waitFor();
  };
  await say(marta, 'Buenos días, ¿podéis mejorar el precio de las 40 unidades?');
  await say(marta, 'Y la entrega, ¿para cuándo?');
  await say(kalev, 'Arve 2031 on makstud, aitäh!');
  await say(kalev, 'Kas koosolek on kell 14?');
  await inbox.write('Sí, por 40 unidades podemos bajar a 112 € la unidad con entrega en 10 días.');
  await until(async () => (await inbox.delivery('Sí, por 40')) === 'sent', { label: 'sent' });
  const before = ['Marta Ruiz: picture', 'Marta Ruiz: none', 'Kalev Tamm: KT', 'Kalev Tamm: none', 'You: none'];
  await shows(page, before, 'one picture and one pair of initials');
  expect(await findProblems(page)).toEqual([]);

  const [places, colors] = [await placesIn(page), await colorsIn(page)];
  await showFace(kalev, 'Kalev Tamm', 0x3b_5b_7a);
  await shows(page, before.map((face) => face.replace('KT', 'picture')), 'the picture that came');
  expect(await placesIn(page)).toEqual(places);
  expect(await colorsIn(page)).toEqual(colors);
  await takeDocsPicture(page, 'room');

  // A long talk: what is read stands still while pages, pictures and initials come in above it.
  for (let turn = 0; turn < 120; turn += 1) {
    const [peer, name] = turn % 3 === 0 ? [kalev, 'Kalev'] : [marta, 'Marta'];
    await peer.send(room, `${name} says number ${turn}`, { type: 'groupchat' });
  }
  await inbox.bubble('says number 119').waitFor();
  const report = await scrollToBeginning(page);
  expect(report).toMatchObject({ isAtBeginning: true, messageCount: 125 });
  expect(report.largestDriftPx).toBeLessThanOrEqual(1);

  // What was shown is there at once for a row that comes back.
  const isThereAtOnce = await page.getByTestId('sender-picture').locator('img').first().evaluate((shown: HTMLImageElement) => {
    const again = new Image();
    again.src = shown.src;
    return again.complete && again.naturalWidth > 0;
  });
  expect(isThereAtOnce).toBe(true);

  // In a narrow window, and in every look.
  await page.setViewportSize({ width: 640, height: 760 });
  await takePicture(page, 'faces-narrow');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(640);
  for (const theme of ['dark', 'contrast']) {
    await page.evaluate((wanted) => (document.documentElement.dataset['theme'] = wanted), theme);
    expect(await findProblems(page), theme).toEqual([]);
    await takePicture(page, `faces-${theme}`);
  }
});

it('in a room on Matrix as well; a picture that is taken away gives its place to initials', async () => {
  const synapse = await startSynapse();
  onTestFinished(() => synapse.stop());
  const names = { alice: 'Alice', bob: 'Bob Berg', carol: 'Carol' };
  for (const name of Object.keys(names)) await synapse.register(name, `${name}-secret-1`);
  const peer = async (name: 'bob' | 'carol'): Promise<MatrixPeer> => {
    const signedIn = await matrixPeer({ baseUrl: synapse.baseUrl, userId: `@${name}:localhost`, password: `${name}-secret-1` });
    await signedIn.call('PUT', `/v3/profile/@${name}:localhost/displayname`, { displayname: names[name] });
    return signedIn;
  };
  const [bob, carol] = [await peer('bob'), await peer('carol')];
  const face = await bob.upload({ name: 'face.png', type: 'image/png', data: new Uint8Array(drawPng(96, 0x9c_3b_3b)) });
  await bob.call('PUT', '/v3/profile/@bob:localhost/avatar_url', { avatar_url: face });
  const roomId = await bob.createRoom({ name: 'Otoño', invite: ['@alice:localhost', '@carol:localhost'] });
  await carol.join(roomId);

  const app = tidyUp.app(await launchApp());
  const { page } = app;
  const inbox: Inbox = inboxOf(page);
  await inbox.byId('welcome-add-account').click();
  await inbox.fillAccount('matrix', { address: '@alice:localhost', password: 'alice-secret-1', server: synapse.baseUrl });
  await inbox.choosePassphrase(passphrase);
  await inbox.row('Otoño').click();
  await inbox.byId('accept').click();
  await inbox.byId('composer-input').waitFor();
  await bob.send(roomId, 'Guten Morgen');
  await bob.send(roomId, 'Wie war die Messe?');
  await carol.send(roomId, 'Very good, thank you.');
  const before = ['Bob Berg: picture', 'Bob Berg: none', 'Carol: C'];
  await shows(page, before, 'one picture and one initial');
  expect(await findProblems(page)).toEqual([]);
  await takePicture(page, 'faces-matrix');

  const places = await placesIn(page);
  await bob.call('PUT', '/v3/profile/@bob:localhost/avatar_url', { avatar_url: '' });
  await shows(page, before.map((shown) => shown.replace('picture', 'BB')), 'the initials');
  expect(await placesIn(page)).toEqual(places);
});
