import { afterEach, expect, it } from 'vitest';
import type { ConnectionId, ConversationId, ConversationRow } from '#rpc';
import { readMessageRows } from '../../../electron/engine/store/read-message-page.ts';
import { readOne } from '../../../electron/engine/store/statements.ts';
import { openPushWorld, pushedIds } from '../../integration/crm/support/push-world.ts';
import type { PushWorld } from '../../integration/crm/support/push-world.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { createMemoryCrm } from './memory-crm.ts';
import type { MemoryCrm } from './memory-crm.ts';

let world: PushWorld;
afterEach(() => world.stop());

interface Scene {
  readonly crm: MemoryCrm;
  readonly connection: ConnectionId;
  readonly conversation: ConversationId;
}

async function scene(canTakeBack = true): Promise<Scene> {
  const crm = createMemoryCrm();
  const { manifest } = crm.connector;
  const canWithdraw = { ...manifest.canWithdraw, note: canTakeBack, file: canTakeBack };
  world = openPushWorld({ profileDir: tempFolder('withdraw'), connectors: [{ ...crm.connector, manifest: { ...manifest, canWithdraw } }] });
  const connection = await world.connect('memory', { password: 'x' });
  const conversation = world.addConversation({ name: 'Marta Ruiz' });
  world.addMessage(conversation, { text: 'hola' });
  return { crm, connection, conversation };
}

const listRow = (conversation: ConversationId) =>
  readOne<{ tag: ConversationRow['pushTag']; open: number }>(
    world.db,
    'SELECT push_tag AS tag, unpushed_count AS open FROM conversations WHERE id = ?',
    conversation,
  );

it('is as if it had never been pushed, in list, panel, queue and timeline', async () => {
  const { crm, connection, conversation } = await scene();
  const push = await world.pushAll(conversation, connection);
  const told = pushedIds(world, conversation);
  expect(push.isTakenBack).toBe(false);
  expect(listRow(conversation)?.tag).toBe('memory · Party');

  expect(await world.crm.withdraw({ id: push.id })).toEqual({ withdrawnCount: 1, keptCount: 0 });
  expect(crm.notes).toEqual([]);
  expect(listRow(conversation)).toEqual({ tag: null, open: 0 });
  expect(world.crm.queue({ limit: 5 })[0]).toMatchObject({ id: push.id, state: 'done', isTakenBack: true });
  expect(world.pushes.at(-1)).toMatchObject({ id: push.id, isTakenBack: true });
  expect((await world.crm.summary({ conversationId: conversation }))[0]).toMatchObject({ pushedMessageCount: 0, unpushedMessageCount: 1, lastPushedAtMs: null });
  const line = world.changedIds.find((id) => !told.includes(id));
  expect(world.changedIds).toEqual(expect.arrayContaining([...told]));
  expect(readMessageRows(world.db, line === undefined ? [] : [line])[0]).toMatchObject({ kind: 'push', push: { isTakenBack: true } });

  await world.pushAll(conversation, connection);
  expect(crm.notes).toHaveLength(1);
});

it('leaves what other pushes told, and their tag', async () => {
  const { crm, connection, conversation } = await scene();
  await world.pushAll(conversation, connection);
  world.addMessage(conversation, { text: 'más' });
  const second = await world.pushAll(conversation, connection);
  await world.crm.withdraw({ id: second.id });
  expect(crm.notes.map(({ chunk }) => chunk.body.includes('hola'))).toEqual([true]);
  expect(listRow(conversation)).toEqual({ tag: 'memory · Party', open: 1 });
});

it('keeps what the product cannot remove, and the tags with it', async () => {
  const { crm, connection, conversation } = await scene(false);
  const push = await world.pushAll(conversation, connection);
  expect(world.crm.connectors()[0]?.canTakeBack).toEqual({ notes: false, files: false });
  expect(await world.crm.withdraw({ id: push.id })).toEqual({ withdrawnCount: 0, keptCount: 1 });
  expect(crm.notes).toHaveLength(1);
  expect(pushedIds(world, conversation)).toHaveLength(1);
  expect(world.crm.queue({ limit: 5 })[0]?.isTakenBack).toBe(false);
});

it('is refused for a push that is not written', async () => {
  const { connection, conversation } = await scene();
  const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
  const push = world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: false });
  const settled = await world.settled(push.id);
  expect(settled.state).toBe('done');
  world.db.prepare(`UPDATE pushes SET state = 'cancelled'`).run();
  await expect(world.crm.withdraw({ id: push.id })).rejects.toMatchObject({ rpcError: { code: 'not-possible' } });
});
