// needs: nothing
import { afterEach, expect, it } from 'vitest';
import { tempFolder } from '../../kit/temp-folder.ts';
import { startFreshdesk } from '../../lab/crm/freshdesk-server.ts';
import type { FreshdeskOptions } from '../../lab/crm/freshdesk-server.ts';
import { newWorkspaceKey, openPushWorld } from './support/push-world.ts';
import type { PushWorld } from './support/push-world.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const newWorld = (workspaceKey?: Uint8Array): PushWorld => {
  const world = openPushWorld({ profileDir: tempFolder('freshdesk'), workspaceKey });
  closing.push(world.stop);
  return world;
};

async function open(options: FreshdeskOptions = {}, workspaceKey?: Uint8Array) {
  const freshdesk = await startFreshdesk(options);
  closing.push(freshdesk.server.kill);
  const world = newWorld(workspaceKey);
  const connect = async (of = world) =>
    (await of.crm.connect({ connectorId: 'freshdesk', name: 'Freshdesk', values: { url: freshdesk.server.baseUrl, token: freshdesk.token } })).connection.id;
  return { freshdesk, world, connect };
}

it('takes the open ticket of the contact with the number, as phone or mobile, not a closed one (T13)', async () => {
  const { freshdesk, world, connect } = await open();
  const customer = freshdesk.addContact({ name: 'Frau Weber', mobile: '+4915123456701', email: 'weber@example.org' });
  freshdesk.addTicket(customer, 'Closed', 5);
  const right = freshdesk.addTicket(customer, 'Does not print', 3);
  const conversation = world.addConversation({ name: 'Weber', identifiers: [{ kind: 'phone', value: '+4915123456701' }] });
  world.addMessage(conversation, { text: 'Guten Tag' });
  const push = await world.pushAll(conversation, await connect());
  expect(push).toMatchObject({ state: 'done', url: `${freshdesk.server.baseUrl}/a/tickets/${right}` });
  expect(freshdesk.tickets()).toHaveLength(2);
  expect(freshdesk.notesOf(right).map(({ isPrivate }) => isPrivate)).toEqual([true]);
  expect(freshdesk.server.violations).toEqual([]);
});

it('has a new ticket requested by a contact that cannot be mailed, also when the address is known', async () => {
  const { freshdesk, world, connect } = await open();
  const identifiers = [{ kind: 'phone', value: '+4915123456701' }, { kind: 'email', value: 'marta@levante.example' }] as const;
  const conversation = world.addConversation({ name: 'Marta Ruiz', identifiers });
  world.addMessage(conversation, { text: 'hola' });
  await world.pushAll(conversation, await connect());
  expect(freshdesk.tickets().map((ticket) => freshdesk.contactOf(ticket))).toMatchObject([{ name: 'Marta Ruiz', mobile: '+4915123456701', email: null }]);
});

it('names the right that is missing', async () => {
  const { connect } = await open({ isAllowed: { contacts: false } });
  const refusal = (await connect().then(() => null, (error: unknown) => error)) as { rpcError: { detail: string } } | null;
  expect(JSON.parse(refusal?.rpcError.detail ?? '[]')).toMatchObject([{ code: 'right-missing', detail: 'View and manage contacts' }]);
});

it('leaves an empty twin without our key where the agent may not delete tickets, and all else once', async () => {
  const workspaceKey = newWorkspaceKey();
  const { freshdesk, world, connect } = await open({ isAllowed: { deletion: false } }, workspaceKey);
  const devices = [world, newWorld(workspaceKey)];
  const pushes = await Promise.all(
    devices.map(async (device) => {
      const connection = await connect(device);
      const conversation = device.addConversation({ name: 'Marta' });
      device.addMessage(conversation, { text: 'hola', atMs: Date.UTC(2026, 10, 20) });
      return device.pushAll(conversation, connection);
    }),
  );
  expect(pushes.map(({ state }) => state)).toEqual(['done', 'done']);
  const keys = freshdesk.tickets().filter(({ description }) => description.includes('[ref:pal1.'));
  expect(keys).toHaveLength(1);
  expect(freshdesk.tickets().flatMap(({ id }) => freshdesk.notesOf(id))).toHaveLength(1);
});
