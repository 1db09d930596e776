// needs: electron synapse tools
/** A voice message is spoken, heard, thrown away, sent and played in the real window; Chromium's own pretended microphone speaks. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { startSynapse, type SynapseServer } from '../lab/index.ts';
import { matrixPeer, type MatrixPeer } from '../lab/peers/matrix-peer.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchApp } from './kit/launch-app.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { passphrase } from './kit/xmpp-inbox.ts';
import { takePicture } from './kit/take-picture.ts';
import { inboxOf } from './story/inbox.ts';

const tidyUp = useTidyUp();
const password = 'alice-secret-1';
let synapse: SynapseServer;
let bob: MatrixPeer;

beforeAll(async () => {
  synapse = await startSynapse();
  await synapse.register('alice', password);
  await synapse.register('bob', 'bob-secret-1');
  bob = await matrixPeer({ baseUrl: synapse.baseUrl, userId: '@bob:localhost', password: 'bob-secret-1' });
});
afterAll(() => synapse?.stop());

it('a voice message is recorded, heard before it goes, thrown away, sent and played', async () => {
  const elsewhere = await matrixPeer({ baseUrl: synapse.baseUrl, userId: '@alice:localhost', password });
  const roomId = await bob.createRoom({ name: 'Voces', invite: ['@alice:localhost'] });
  await elsewhere.join(roomId);
  await bob.send(roomId, 'Tell me how the fair was');
  const app = tidyUp.app(await launchApp({ words: ['--use-fake-device-for-media-stream', '--autoplay-policy=no-user-gesture-required'] }));
  const { page } = app;
  const inbox = inboxOf(page);
  await inbox.byId('welcome-add-account').click();
  await inbox.fillAccount('matrix', { address: '@alice:localhost', password, server: synapse.baseUrl });
  await inbox.choosePassphrase(passphrase);
  await until(async () => (await inbox.byId('online-chip').innerText()).startsWith('1 of 1'), { label: 'the account online', timeoutMs: 20_000 });
  await inbox.byId('conversation-row').first().click();
  await until(async () => inbox.byId('voice-record').isEnabled(), { label: 'recording offered' });
  const bar = inbox.byId('voice-bar');
  const bars = () => bar.locator('.wave i').count();

  // By keyboard, and thrown away.
  await inbox.byId('voice-record').focus();
  await page.keyboard.press('Enter');
  await until(async () => (await bar.getAttribute('data-state')) === 'recording', { label: 'recording' });
  await page.keyboard.press('Escape');
  await bar.waitFor({ state: 'detached' });

  await inbox.byId('voice-record').click();
  await until(async () => (await bar.getAttribute('data-state')) === 'recording' && (await bars()) > 40, { label: 'two seconds of sound' });
  await takePicture(page, 'voice-recording');
  await inbox.byId('voice-stop').click();
  await inbox.byId('voice-send').waitFor();
  // Nothing listens any more: another try without a click is refused.
  const again = await page.evaluate(() => navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'granted', () => 'refused'));
  expect(again).toBe('refused');
  await bar.getByTestId('voice-play').click();
  await until(async () => (await bar.getByTestId('voice-player').getAttribute('data-playing')) === 'true', { label: 'heard before it goes' });
  await takePicture(page, 'voice-ready');
  expect(await findProblems(page)).toEqual([]);
  await inbox.byId('voice-send').click();

  const sent = await until(async () => (await bob.messages(roomId)).find((event) => event.content['msgtype'] === 'm.audio'), { label: 'the voice message' });
  const audio = sent.content['org.matrix.msc1767.audio'] as { duration: number; waveform: readonly number[] };
  expect(sent.content).toMatchObject({ 'org.matrix.msc3245.voice': {}, info: { mimetype: 'audio/ogg', duration: audio.duration } });
  expect(audio.duration).toBeGreaterThan(1_500);
  expect(audio.waveform.length).toBeGreaterThan(30);
  expect(Math.max(...audio.waveform)).toBeGreaterThan(100);
  const bytes = await bob.download(String(sent.content['url']));
  expect(new TextDecoder().decode(bytes.slice(0, 4))).toBe('OggS');

  const player = inbox.byId('message').getByTestId('voice-player');
  await player.getByTestId('voice-play').click();
  await until(async () => (await player.getAttribute('data-playing')) === 'true', { label: 'played' });
  await player.getByTestId('voice-seek').focus();
  await page.keyboard.press('End');
  await until(async () => (await player.getAttribute('data-playing')) === 'false', { label: 'played to its end' });
  await takePicture(page, 'voice-sent');
});
