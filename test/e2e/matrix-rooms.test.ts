// needs: electron synapse peers tools
/** Rooms and spaces of Matrix in the real window: a room is made and looked after, a space narrows the list. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { startSynapse, type SynapseServer } from '../lab/index.ts';
import { matrixPeer, type MatrixPeer } from '../lab/peers/matrix-peer.ts';
import { findProblems } from './kit/find-problems.ts';
import { launchApp } from './kit/launch-app.ts';
import { takePicture } from './kit/take-picture.ts';
import { useTidyUp } from './kit/tidy-up.ts';
import { passphrase } from './kit/xmpp-inbox.ts';
import { inboxOf, type Inbox } from './story/inbox.ts';

const tidyUp = useTidyUp();
const password = 'alice-secret-1';

describe('rooms of a Matrix account', () => {
  let synapse: SynapseServer;
  let bob: MatrixPeer;
  const state = async (roomId: string, type: string, key = ''): Promise<Record<string, unknown>> =>
    (await bob.call('GET', `/v3/rooms/${encodeURIComponent(roomId)}/state/${type}/${encodeURIComponent(key)}`)) as Record<string, unknown>;
  const invitedTo = async (): Promise<string> => {
    const roomId = await until(async () => Object.keys((await bob.sync()).rooms?.invite ?? {})[0], { label: "bob's invitation" });
    return roomId;
  };

  beforeAll(async () => {
    synapse = await startSynapse();
    await synapse.register('alice', password);
    await synapse.register('bob', 'bob-secret-1');
    bob = await matrixPeer({ baseUrl: synapse.baseUrl, userId: '@bob:localhost', password: 'bob-secret-1' });
  });
  afterAll(() => synapse?.stop());

  const addAccount = async (page: Page): Promise<Inbox> => {
    const inbox = inboxOf(page);
    await inbox.byId('welcome-add-account').click();
    await inbox.fillAccount('matrix', { address: '@alice:localhost', password, server: synapse.baseUrl });
    await inbox.choosePassphrase(passphrase);
    await until(async () => (await inbox.byId('online-chip').innerText()).startsWith('1 of 1'), { label: 'the account online', timeoutMs: 20_000 });
    return inbox;
  };

  it('are made, filled, given a topic, ordered; spaces narrow the list and show what else is in them', async () => {
    const app = tidyUp.app(await launchApp());
    const { page } = app;
    const inbox = await addAccount(page);

    await page.keyboard.press('Control+Shift+N');
    await inbox.byId('room-tab-create').click();
    await inbox.byId('room-name').fill('Otoño 2026');
    await inbox.byId('room-invite').fill('@bob:localhost');
    await inbox.byId('room-create').click();
    await until(async () => (await inbox.byId('conversation-title').innerText()) === 'Otoño 2026', { label: 'the room open' });
    const roomId = await invitedTo();
    expect(await bob.join(roomId).then(() => state(roomId, 'm.room.encryption'))).toMatchObject({ algorithm: 'm.megolm.v1.aes-sha2' });
    await inbox.byId('member-bob').and(page.locator(':not(.absent)')).waitFor();

    await inbox.byId('room-menu').click();
    await inbox.byId('room-topic').click();
    await inbox.byId('line').fill('Pedidos y entregas');
    await inbox.byId('line-done').click();
    await until(async () => (await state(roomId, 'm.room.topic'))['topic'] === 'Pedidos y entregas', { label: 'the topic' });
    await inbox.byId('side-panel').getByText('Pedidos y entregas').waitFor();

    const menu = inbox.byId('member-bob').getByRole('button');
    await menu.click();
    await page.getByRole('menuitem', { name: 'Make admin' }).waitFor();
    expect(await page.getByRole('menuitem', { name: 'Make member' }).count()).toBe(0);
    await takePicture(page, 'matrix-room');
    await page.getByRole('menuitem', { name: 'Make admin' }).click();
    await until(async () => JSON.stringify(await state(roomId, 'm.room.power_levels')).includes('"@bob:localhost":50'), { label: 'the rank' });

    const space = ((await bob.call('POST', '/v3/createRoom', { preset: 'public_chat', name: 'Guild', room_alias_name: 'guild', creation_content: { type: 'm.space' } })) as { room_id: string }).room_id;
    const fair = ((await bob.call('POST', '/v3/createRoom', { preset: 'public_chat', name: 'Fair', room_alias_name: 'fair', topic: 'stalls and songs' })) as { room_id: string }).room_id;
    await bob.sendState(space, 'm.space.child', fair, { via: ['localhost'] });
    await bob.sendState(space, 'm.space.child', roomId, { via: ['localhost'] });
    const elsewhere = await matrixPeer({ baseUrl: synapse.baseUrl, userId: '@alice:localhost', password });
    await elsewhere.join(space);
    await inbox.byId('filter-folder').click();
    await inbox.byId('folder-Guild').click();
    await until(async () => (await inbox.byId('conversation-row').count()) === 1, { label: 'the narrowed list' });

    await inbox.byId('filter-folder').click();
    await inbox.byId('folder-browse').click();
    const entry = inbox.byId('folder-entry').filter({ hasText: 'Fair' });
    await entry.waitFor();
    await takePicture(page, 'matrix-space');
    expect(await findProblems(page)).toEqual([]);
    await entry.getByRole('button').click();
    await entry.getByText('You are in it').waitFor();
    await page.keyboard.press('Escape');
    await until(async () => (await inbox.byId('conversation-row').count()) === 2, { label: 'the new room in the folder' });
    await takePicture(page, 'matrix-space-list');
  });

  it('spaces are made, filled, ordered and left by keyboard and palette', async () => {
    const app = tidyUp.app(await launchApp());
    const { page } = app;
    const inbox = await addAccount(page);
    const command = async (words: string): Promise<void> => {
      await page.keyboard.press('Control+K');
      await inbox.byId('palette-input').fill(words);
      await inbox.byId('palette-command').filter({ hasText: words }).click();
    };
    const childrenOf = async (spaceId: string): Promise<readonly string[]> =>
      ((await bob.call('GET', `/v1/rooms/${encodeURIComponent(spaceId)}/hierarchy`)) as { rooms: { name: string }[] }).rooms.slice(1).map(({ name }) => name);

    await command('New space');
    await inbox.byId('folder-name').fill('Bodega');
    await inbox.byId('folder-topic').fill('Cubas y clientes');
    await inbox.byId('folder-invite').fill('@bob:localhost');
    await takePicture(page, 'matrix-space-new');
    expect(await findProblems(page)).toEqual([]);
    await page.keyboard.press('Enter');
    const spaceId = await invitedTo();
    await bob.join(spaceId);
    expect(await state(spaceId, 'm.room.topic')).toMatchObject({ topic: 'Cubas y clientes' });

    // Rooms to put in; the sheet of the new space is open.
    await inbox.byId('folder-sheet').waitFor();
    for (const name of ['Roble', 'Vinagre']) {
      const roomId = await bob.createRoom({ name });
      await bob.invite(roomId, '@alice:localhost');
      await (await matrixPeer({ baseUrl: synapse.baseUrl, userId: '@alice:localhost', password })).join(roomId);
    }
    await inbox.byId('folder-add-open').click();
    for (const name of ['Roble', 'Vinagre']) {
      await inbox.byId('folder-add-text').fill('');
      await inbox.byId('folder-add-text').fill(name);
      await page.getByRole('button', { name: `Put ${name} in` }).click();
      await inbox.byId('folder-entry').filter({ hasText: name }).waitFor();
    }
    expect(await childrenOf(spaceId)).toEqual(['Roble', 'Vinagre']);
    await inbox.byId('folder-add-open').click();
    const up = inbox.byId('folder-entry').filter({ hasText: 'Vinagre' }).getByTestId('entry-up');
    await up.focus();
    await page.keyboard.press('Enter');
    await until(async () => (await childrenOf(spaceId)).join() === 'Vinagre,Roble', { label: 'the new order' });
    await until(() => up.evaluate((button) => button === document.activeElement), { label: 'the keyboard stays' });
    await takePicture(page, 'matrix-space-arrange');
    expect(await findProblems(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 640, height: 760 });
    await takePicture(page, 'matrix-space-arrange-640');
    expect(await findProblems(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(640);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.keyboard.press('Escape');

    await inbox.byId('conversation-row').filter({ hasText: 'Roble' }).click();
    await command('Spaces of this conversation');
    await inbox.byId('place-Bodega').and(page.locator('[data-state=checked]')).waitFor();
    await takePicture(page, 'matrix-space-places');
    expect(await findProblems(page)).toEqual([]);
    await inbox.byId('place-Bodega').click();
    await until(async () => (await childrenOf(spaceId)).join() === 'Vinagre', { label: 'Roble taken out' });
    await page.keyboard.press('Escape');

    await inbox.byId('filter-folder').click();
    await inbox.byId('folder-Bodega').click();
    await until(async () => (await inbox.byId('conversation-row').count()) === 1, { label: 'the narrowed list' });
    await command('Arrange spaces');
    await inbox.byId('folder-choose').or(inbox.byId('folder-leave')).first().waitFor();
    if ((await inbox.byId('folder-choose').count()) > 0) await inbox.byId('folder-choose').selectOption({ label: 'Bodega' });
    await inbox.byId('folder-leave').click();
    await inbox.byId('confirm-action').click();
    await until(async () => (await state(spaceId, 'm.room.member', '@alice:localhost'))['membership'] === 'leave', { label: 'the space left' });
    // The list is whole again, not empty for a space that is no more.
    await until(async () => (await inbox.byId('conversation-row').count()) > 1, { label: 'the whole list' });
  });

  it('one that is knocked on hears words with it; one that moved is followed and left', async () => {
    const knocking = { type: 'm.room.join_rules', state_key: '', content: { join_rule: 'knock' } };
    const club = await bob.createRoom({ name: 'Club', initialState: [knocking] });
    const created = (await bob.call('POST', '/v3/createRoom', { preset: 'public_chat', name: 'Old town', room_version: '10' })) as { room_id: string };
    const elsewhere = await matrixPeer({ baseUrl: synapse.baseUrl, userId: '@alice:localhost', password });
    await elsewhere.join(created.room_id);
    const { page } = tidyUp.app(await launchApp());
    const inbox = await addAccount(page);

    await page.keyboard.press('Control+Shift+N');
    await inbox.byId('room-tab-join').click();
    await inbox.byId('room-address').fill(club);
    await inbox.byId('room-join').click();
    await inbox.byId('knock-words').fill('Alice, from the fair');
    await takePicture(page, 'matrix-knock');
    expect(await findProblems(page)).toEqual([]);
    await inbox.byId('room-join').click();
    await until(async () => (await state(club, 'm.room.member', '@alice:localhost'))['reason'] === 'Alice, from the fair', { label: 'the words' });
    await page.keyboard.press('Escape');

    await inbox.byId('conversation-row').filter({ hasText: 'Old town' }).click();
    await bob.call('POST', `/v3/rooms/${encodeURIComponent(created.room_id)}/upgrade`, { new_version: '11' });
    await inbox.byId('leave-old-room').hover();
    await takePicture(page, 'matrix-moved');
    expect(await findProblems(page)).toEqual([]);
    await inbox.byId('leave-old-room').click();
    await until(
      async () => !((await elsewhere.call('GET', '/v3/joined_rooms')) as { joined_rooms: string[] }).joined_rooms.includes(created.room_id),
      { label: 'the old room left' },
    );
  });
});
