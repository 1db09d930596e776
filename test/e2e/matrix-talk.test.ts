// needs: electron synapse peers tools
/** Threads, polls and pinned messages of Matrix in the real window, with a client of other code (matrix-nio) at the other end. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { startSynapse, type SynapseServer } from '../lab/index.ts';
import { matrixPeer, type MatrixPeer } from '../lab/peers/matrix-peer.ts';
import { startNioPeer, type NioPeer } from '../lab/peers/start-nio-peer.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchApp } from './kit/launch-app.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { passphrase } from './kit/xmpp-inbox.ts';
import { takePicture } from './kit/take-picture.ts';
import { inboxOf, type Inbox } from './story/inbox.ts';

const tidyUp = useTidyUp();
const password = 'alice-secret-1';

describe('beside and within the talk of a Matrix room', () => {
  let synapse: SynapseServer;
  let bob: NioPeer;
  let elsewhere: MatrixPeer;

  beforeAll(async () => {
    synapse = await startSynapse();
    await synapse.register('alice', password);
    await synapse.register('bob', 'bob-secret-1');
    bob = await startNioPeer({ baseUrl: synapse.baseUrl, userId: '@bob:localhost', password: 'bob-secret-1' });
    elsewhere = await matrixPeer({ baseUrl: synapse.baseUrl, userId: '@alice:localhost', password });
  });
  afterAll(async () => {
    await bob?.stop();
    await synapse?.stop();
  });

  const openRoom = async (page: Page, roomId: string): Promise<Inbox> => {
    await elsewhere.join(roomId);
    const inbox = inboxOf(page);
    await inbox.byId('welcome-add-account').click();
    await inbox.fillAccount('matrix', { address: '@alice:localhost', password, server: synapse.baseUrl });
    await inbox.choosePassphrase(passphrase);
    await until(async () => (await inbox.byId('online-chip').innerText()).startsWith('1 of 1'), { label: 'the account online', timeoutMs: 20_000 });
    await inbox.byId('conversation-row').first().click();
    await inbox.byId('composer-input').waitFor();
    return inbox;
  };
  const inThread = (root: string) => ({ rel_type: 'm.thread', event_id: root, is_falling_back: true, 'm.in_reply_to': { event_id: root } });

  it('a thread is begun, answered and read; a poll is voted in, another one asked and ended', async () => {
    const roomId = await bob.createRoom({ name: 'Feria de otoño', invite: ['@alice:localhost'] });
    const root = await bob.send(roomId, 'Who brings the cake on Saturday?');
    const app = tidyUp.app(await launchApp());
    const { page } = app;
    const inbox = await openRoom(page, roomId);

    // By keyboard: the message, its menu, the thread. The focus is there with the key, however slow the window draws.
    const message = inbox.byId('message').filter({ hasText: 'Who brings the cake' });
    await message.waitFor();
    await inbox.byId('timeline').focus();
    const focused = await inbox.byId('timeline').evaluate((timeline) => {
      timeline.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }));
      return document.activeElement?.getAttribute('data-testid');
    });
    expect(focused).toBe('message');
    await inbox.byId('message-thread').focus();
    await page.keyboard.press('Enter');
    await inbox.byId('thread-panel').waitFor();
    await inbox.byId('thread-input').fill('I can bake one');
    await page.keyboard.press('Enter');
    const ours = await bob.waitForMessage((event) => event.body === 'I can bake one');
    expect(ours.content).toMatchObject({ 'm.relates_to': { rel_type: 'm.thread', event_id: root } });
    await bob.sendContent(roomId, { msgtype: 'm.text', body: 'With cream, please', 'm.relates_to': inThread(root) });
    await inbox.byId('thread-answer').filter({ hasText: 'With cream' }).waitFor();
    await message.getByTestId('thread-chip').filter({ hasText: '2 answers' }).waitFor();
    expect(await inbox.byId('message').filter({ hasText: 'With cream' }).count()).toBe(0);
    await takePicture(page, 'matrix-thread');
    expect(await findProblems(page)).toEqual([]);

    // Closed, an answer is counted once, on the conversation, on the thread, and no more once it was read.
    await page.keyboard.press('Escape');
    await inbox.byId('thread-panel').waitFor({ state: 'detached' });
    await bob.sendContent(roomId, { msgtype: 'm.text', body: 'And candles', 'm.relates_to': inThread(root) });
    await message.getByTestId('thread-chip').filter({ hasText: '1 new' }).waitFor();
    await until(async () => (await inbox.byId('conversation-row').first().innerText()).includes('1'), { label: 'the unread number' });
    await inbox.byId('threads').click();
    await takePicture(page, 'matrix-thread-list');
    await inbox.byId('thread-row').click();
    await inbox.byId('thread-answer').filter({ hasText: 'And candles' }).waitFor();
    await until(async () => (await message.getByTestId('thread-chip').innerText()).includes('new') === false, { label: 'the thread read' });
    const counts = async (): Promise<unknown> => {
      const answer = (await elsewhere.call('GET', '/v3/sync?timeout=0')) as { rooms?: { join?: Record<string, { unread_notifications?: { notification_count?: number } }> } };
      return answer.rooms?.join?.[roomId]?.unread_notifications?.notification_count;
    };
    await until(async () => (await counts()) === 0, { label: 'the server told' });

    // What is begun there stays there, and what is edited there is edited there.
    const input = inbox.byId('thread-input');
    await input.fill('A knife is');
    await inbox.byId('thread-back').click();
    await inbox.byId('thread-draft').waitFor();
    await takePicture(page, 'matrix-thread-draft');
    await inbox.byId('thread-close').click();
    await page.keyboard.press('Control+K');
    await inbox.byId('palette-input').fill('bake');
    await inbox.byId('hit').filter({ hasText: 'I can bake one' }).click();
    const mine = inbox.byId('thread-answer').filter({ hasText: 'I can bake' });
    await mine.locator('.lit').waitFor();
    expect(await input.inputValue()).toBe('A knife is');
    await mine.hover();
    await mine.getByTestId('message-edit').click();
    expect(await inbox.byId('composer-input').inputValue()).toBe('');
    await input.fill('I can bake two');
    await page.keyboard.press('Enter');
    await mine.filter({ hasText: 'I can bake two' }).waitFor();
    expect(await input.inputValue()).toBe('A knife is');
    await inbox.byId('thread-close').click();

    const poll = await bob.sendContent(
      roomId,
      {
        'org.matrix.msc3381.poll.start': {
          question: { 'org.matrix.msc1767.text': 'Which pier do we meet at?' },
          kind: 'org.matrix.msc3381.poll.disclosed',
          answers: [{ id: 'n', 'org.matrix.msc1767.text': 'North pier' }, { id: 's', 'org.matrix.msc1767.text': 'South pier' }],
        },
      },
      'org.matrix.msc3381.poll.start',
    );
    const answer = (text: string) => inbox.byId('poll-answer').filter({ hasText: text });
    await answer('North pier').click();
    await answer('North pier').filter({ hasText: '1 vote' }).waitFor();
    await bob.sendContent(roomId, { 'm.relates_to': { rel_type: 'm.reference', event_id: poll }, 'org.matrix.msc3381.poll.response': { answers: ['s'] } }, 'org.matrix.msc3381.poll.response');
    await answer('South pier').filter({ hasText: '50%' }).waitFor();
    await answer('South pier').focus();
    await page.keyboard.press('Space');
    await answer('South pier').filter({ hasText: '2 votes' }).waitFor();
    expect(await answer('South pier').getAttribute('aria-checked')).toBe('true');
    await takePicture(page, 'matrix-poll');
    expect(await findProblems(page)).toEqual([]);

    await inbox.byId('poll-create').click();
    await inbox.byId('poll-question').fill('Who drives?');
    await inbox.byId('poll-option-1').fill('Bob');
    await inbox.byId('poll-option-2').fill('Alice');
    await takePicture(page, 'matrix-make-poll');
    expect(await findProblems(page)).toEqual([]);
    await inbox.byId('poll-send').click();
    const own = inbox.byId('poll').filter({ hasText: 'Who drives?' });
    await own.getByTestId('poll-end').click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'End the poll' }).click();
    await own.filter({ hasText: 'The poll is over.' }).waitFor();

    // A vote while the server is away waits, and goes out once.
    const votesOfOurs = async (): Promise<readonly unknown[]> =>
      (await elsewhere.messages(roomId, 30))
        .filter(({ type, sender }) => type === 'org.matrix.msc3381.poll.response' && sender === '@alice:localhost')
        .map(({ content }) => (content['org.matrix.msc3381.poll.response'] as { answers: readonly string[] }).answers[0])
        .toReversed();
    expect(await votesOfOurs()).toEqual(['n', 's']);
    await synapse.kill();
    await until(async () => (await inbox.byId('online-chip').innerText()).startsWith('0 of 1'), { label: 'the account offline', timeoutMs: 30_000 });
    await answer('North pier').click();
    await inbox.byId('vote-waiting').waitFor();
    expect(await answer('North pier').getAttribute('aria-checked')).toBe('true');
    await takePicture(page, 'matrix-vote-waiting');
    expect(await findProblems(page)).toEqual([]);
    await synapse.restart();
    await answer('North pier').filter({ hasText: '1 vote' }).waitFor({ timeout: 60_000 });
    expect(await inbox.byId('vote-waiting').count()).toBe(0);
    expect(await votesOfOurs()).toEqual(['n', 's', 'n']);

    // Only who may is offered to hold a message up.
    await message.hover();
    await inbox.byId('message-reply').waitFor();
    expect(await inbox.byId('message-pin').count()).toBe(0);
  });

  it('a message is pinned by who may, found again from far, and taken down', async () => {
    const roomId = await elsewhere.createRoom({ name: 'Taller', invite: ['@bob:localhost'] });
    await bob.join(roomId);
    const first = await elsewhere.send(roomId, 'The key is under the third flower pot');
    await elsewhere.sendState(roomId, 'm.room.pinned_events', '', { pinned: [first] });
    for (let index = 0; index < 40; index += 1) await bob.send(roomId, `line ${index}`);
    const app = tidyUp.app(await launchApp());
    const { page } = app;
    const inbox = inboxOf(page);
    await inbox.byId('welcome-add-account').click();
    await inbox.fillAccount('matrix', { address: '@alice:localhost', password, server: synapse.baseUrl });
    await inbox.choosePassphrase(passphrase);
    await until(async () => (await inbox.byId('online-chip').innerText()).startsWith('1 of 1'), { label: 'the account online', timeoutMs: 20_000 });
    await inbox.byId('conversation-row').filter({ hasText: 'Taller' }).click();

    // Older than all that is here: it is brought in, and jumped to.
    await inbox.byId('pin-newest').filter({ hasText: 'third flower pot' }).click();
    await inbox.byId('message').filter({ hasText: 'third flower pot' }).waitFor();
    const line = inbox.byId('message').filter({ hasText: 'line 39' });
    // Asked in one go: between two questions the row may be drawn anew.
    const isInSight = async (): Promise<boolean> => {
      await inbox.byId('timeline').press('End');
      return inbox.byId('timeline').evaluate((timeline) => {
        const row = [...timeline.querySelectorAll('[data-testid="message"]')].find(({ textContent }) => textContent.includes('line 39'));
        const [place, frame] = [row?.getBoundingClientRect(), timeline.getBoundingClientRect()];
        return place !== undefined && place.top > frame.top && place.bottom < frame.bottom;
      });
    };
    await until(isInSight, { label: 'the newest message', intervalMs: 300 });
    // A pointer over another row takes no bar away that is worked by keyboard.
    await inbox.byId('timeline').focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Tab');
    const holder = (): Promise<string | null> => page.evaluate(() => document.activeElement?.closest('[role="toolbar"]')?.closest('[data-message-id]')?.textContent ?? null);
    const held = await holder();
    expect(held).toContain('line 39');
    await inbox.byId('message').filter({ hasText: 'line 37' }).hover();
    expect(await holder()).toBe(held);
    await inbox.byId('composer-input').focus();
    await line.hover();
    await inbox.byId('message-pin').click();
    await inbox.byId('pin-newest').filter({ hasText: 'line 39' }).waitFor();
    expect(await bob.waitFor('message', (event) => event.body === 'line 39')).toBeDefined();
    await inbox.byId('pin-list').click();
    await until(async () => (await inbox.byId('pin-row').count()) === 2, { label: 'both pinned messages' });
    await takePicture(page, 'matrix-pins');
    expect(await findProblems(page)).toEqual([]);
    await inbox.byId('pin-row').filter({ hasText: 'third flower pot' }).getByTestId('pin-remove').click();
    await until(async () => (await inbox.byId('pin-row').count()) === 1, { label: 'one taken down' });
    const pinned = await until(async () => {
      const state = (await elsewhere.call('GET', `/v3/rooms/${encodeURIComponent(roomId)}/state/m.room.pinned_events/`)) as { pinned: readonly string[] };
      return state.pinned.length === 1 ? state.pinned : null;
    });
    expect(pinned).not.toContain(first);
  });
});
