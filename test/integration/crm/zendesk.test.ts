// needs: nothing
import { afterEach, expect, it } from 'vitest';
import { tempFolder } from '../../kit/temp-folder.ts';
import { startZendesk } from '../../lab/crm/zendesk-server.ts';
import type { ZendeskOptions } from '../../lab/crm/zendesk-server.ts';
import { openPushWorld } from './support/push-world.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(options: ZendeskOptions = {}, workspaceKey?: Uint8Array) {
  const zendesk = await startZendesk(options);
  const newWorld = () => {
    const world = openPushWorld({ profileDir: tempFolder('zendesk'), workspaceKey });
    closing.push(world.stop);
    return world;
  };
  closing.push(zendesk.server.kill);
  const values = { url: zendesk.server.baseUrl, user: zendesk.user, token: zendesk.token };
  return { zendesk, newWorld, values };
}

it('takes the open ticket of the user with the number, not a solved one (T13)', async () => {
  const { zendesk, newWorld, values } = await open();
  const world = newWorld();
  const customer = zendesk.addUser({ name: 'Frau Weber', phone: '+4915123456701' });
  zendesk.addTicket(customer, 'Solved', 'solved');
  const right = zendesk.addTicket(customer, 'Does not print', 'pending');
  const conversation = world.addConversation({ name: 'Weber', identifiers: [{ kind: 'phone', value: '+4915123456701' }] });
  world.addMessage(conversation, { text: 'Guten Tag' });
  const connection = await world.connect('zendesk', values);
  const push = await world.pushAll(conversation, connection);
  expect(push).toMatchObject({ state: 'done', url: `${zendesk.server.baseUrl}/agent/tickets/${right}` });
  expect(zendesk.tickets().map(({ id, comments }) => [id === right, comments.map(({ isPublic }) => isPublic)])).toEqual([[false, []], [true, [false]]]);
  expect(zendesk.server.violations).toEqual([]);
});

it('makes a new ticket where the first one was deleted within the two hours of its Idempotency-Key', async () => {
  const workspaceKey = new Uint8Array(32).fill(9);
  const { zendesk, newWorld, values } = await open({}, workspaceKey);
  const push = async (): Promise<void> => {
    const world = newWorld();
    const conversation = world.addConversation({ name: 'Marta' });
    world.addMessage(conversation, { text: 'hola', atMs: Date.UTC(2026, 10, 20) });
    expect((await world.pushAll(conversation, await world.connect('zendesk', values))).state).toBe('done');
  };
  await push();
  const [first] = zendesk.tickets();
  zendesk.deleteTicket(first?.id ?? 0);
  await push();
  expect(zendesk.tickets().map(({ comments }) => comments.length)).toEqual([2]);
  expect(zendesk.server.violations).toEqual([]);
});

it('stops where the comment would be public', async () => {
  const { newWorld, values } = await open({ hasPrivateComments: false });
  const world = newWorld();
  const conversation = world.addConversation({ name: 'Marta' });
  world.addMessage(conversation, { text: 'hola' });
  const push = await world.pushAll(conversation, await world.connect('zendesk', values));
  expect(push).toMatchObject({ state: 'needs-you', fault: { code: 'forbidden', detail: 'private comments' } });
});

it('does not take a customer for an agent', async () => {
  const { newWorld, values } = await open({ role: 'end-user' });
  await expect(newWorld().crm.connect({ connectorId: 'zendesk', name: 'Zendesk', values })).rejects.toMatchObject({ rpcError: { code: 'setup-incomplete' } });
});
