import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { PersonIdentifier } from '#model';
import { HttpFaultProxy } from '../../kit/http-fault-proxy.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { startTryton } from '../../lab/index.ts';
import type { TrytonServer } from '../../lab/index.ts';
import { openPushWorld } from './support/push-world.ts';
import type { PushWorld } from './support/push-world.ts';

let server: TrytonServer;
const open: PushWorld[] = [];

beforeAll(async () => {
  server = await startTryton();
});
afterEach(async () => {
  for (const world of open.splice(0)) await world.stop();
});
afterAll(() => server.stop());

const values = (more: Readonly<Record<string, string>> = {}) => ({
  url: server.baseUrl,
  database: server.database,
  user: server.user,
  password: server.password,
  ...more,
});

function newWorld(): PushWorld {
  const world = openPushWorld({ profileDir: tempFolder('tryton') });
  open.push(world);
  return world;
}

async function addParty(name: string, mechanisms: readonly { type: string; value: string }[]): Promise<number> {
  const [id] = (await server.rpc('model.party.party.create', [{ name, contact_mechanisms: [['create', mechanisms]] }], {})) as number[];
  return id ?? 0;
}

const mechanismsOf = async (party: number) =>
  (await server.rpc('model.party.contact_mechanism.search_read', [['party', '=', party]], 0, 50, [['id', 'ASC']], ['type', 'value'], {})) as {
    type: string;
    value: string;
  }[];

const phone = (value: string): PersonIdentifier => ({ kind: 'phone', value });
const email = (value: string): PersonIdentifier => ({ kind: 'email', value });

async function planFor(world: PushWorld, name: string, identifiers: readonly PersonIdentifier[]) {
  const connectionId = await world.connect('tryton', values());
  const conversationId = world.addConversation({ name, identifiers });
  world.addMessage(conversationId, { text: 'hola' });
  return { connectionId, conversationId, preview: await world.crm.plan({ conversationId, connectionId }) };
}

describe('finding a party', () => {
  it.each(['+49 151 2345 6701', '+49(0)151 23456702', '+49-151-23456703'])('by its number, stored as %s (T13)', async (stored) => {
    const number = stored.replace('(0)', '').replace(/[^\d+]/g, '');
    const id = await addParty(`Stored ${stored}`, [{ type: 'mobile', value: stored }]);
    await addParty(`Neighbour of ${stored}`, [{ type: 'mobile', value: `+33 6 ${number.slice(-8)}` }]);
    const { preview } = await planFor(newWorld(), 'Somebody', [phone(number)]);
    expect(preview).toMatchObject({ suggestedKey: `use:party:${id}`, fault: null });
    expect(preview.options[0]).toMatchObject({ reason: 'same-phone', reasonValue: number, action: 'use', recordKind: 'party' });
    expect(preview.options).toHaveLength(2);
  });

  it('by its address in any case, but not by a handle alone', async () => {
    const id = await addParty('Post', [{ type: 'email', value: 'Post@Levante.Example' }]);
    const world = newWorld();
    const { preview } = await planFor(world, 'Somebody', [email('post@levante.example')]);
    expect(preview.suggestedKey).toBe(`use:party:${id}`);
    const connectionId = await world.connect('tryton', values());
    const conversationId = world.addConversation({ name: 'By handle', handle: 'post@levante.example', network: 'matrix' });
    world.addMessage(conversationId, { text: 'hola' });
    const byHandle = await world.crm.plan({ conversationId, connectionId });
    expect(byHandle.suggestedKey).toBeNull();
    expect(byHandle.options[0]).toMatchObject({ key: `use:party:${id}`, reason: 'same-handle' });
  });

  it('shows one of the same name without choosing it, and wildcards in a name find nobody', async () => {
    const id = await addParty('Zoë Àlvarez Soler', []);
    const world = newWorld();
    const { preview } = await planFor(world, 'Zoë Àlvarez', []);
    expect(preview.suggestedKey).toBeNull();
    expect(preview.options[0]).toMatchObject({ key: `use:party:${id}`, reason: 'name-only' });
    expect((await planFor(world, '%', [])).preview.suggestedKey).toBe('create');
    expect((await planFor(world, '__', [])).preview.suggestedKey).toBe('create');
  });
});

describe('writing to a party', () => {
  it('adds only what it lacks; name and number stay (T17)', async () => {
    const id = await addParty('Hidráulica Levante', [
      { type: 'email', value: 'info@hidraulica.example' },
      { type: 'mobile', value: '+34 600 999 111' },
    ]);
    const world = newWorld();
    const { preview } = await planFor(world, 'Marta de Hidráulica', [email('info@hidraulica.example'), phone('+34600999222')]);
    const push = world.crm.push({ planId: preview.planId, targetKey: `use:party:${id}`, rememberOneClick: true });
    expect(await world.settled(push.id)).toMatchObject({ state: 'done', url: `${server.baseUrl}/#${server.database}/model/party.party/${id}` });
    const [party] = (await server.rpc('model.party.party.read', [id], ['name'], {})) as { name: string }[];
    expect(party?.name).toBe('Hidráulica Levante');
    const mechanisms = await mechanismsOf(id);
    expect(mechanisms.map(({ type }) => type)).toEqual(['email', 'mobile', 'jabber']);
    expect(mechanisms[1]?.value).toContain('600 99 91 11');
  });

  it('keeps a handle where Tryton has a place for it', async () => {
    const world = newWorld();
    const { connectionId, conversationId } = await planFor(world, 'Handle Xmpp', []);
    await world.pushAll(conversationId, connectionId);
    const matrix = world.addConversation({ name: 'Handle Matrix', handle: '@marta:levante.example', network: 'matrix' });
    world.addMessage(matrix, { text: 'hola' });
    await world.pushAll(matrix, connectionId);
    const parties = (await server.rpc('model.party.party.search', [['name', 'like', 'Handle %']], 0, 9, [['id', 'ASC']], {})) as number[];
    expect((await Promise.all(parties.map(mechanismsOf))).map((list) => list.map(({ type, value }) => `${type} ${value}`))).toEqual([
      ['jabber handle.xmpp@levante.example'],
      ['other @marta:levante.example'],
    ]);
  });

  it('asks again when the party was deleted meanwhile', async () => {
    const world = newWorld();
    const { connectionId, conversationId } = await planFor(world, 'Soon Gone', []);
    await world.pushAll(conversationId, connectionId);
    const ids = (await server.rpc('model.party.party.search', [['name', '=', 'Soon Gone']], 0, 9, null, {})) as number[];
    await server.rpc('model.party.party.delete', ids, {});
    world.addMessage(conversationId, { text: 'más' });
    const { push } = await world.crm.pushNow({ conversationId, connectionId });
    expect(await world.settled(push?.id ?? (0 as never))).toMatchObject({ state: 'needs-you', fault: { code: 'record-gone' } });
    expect(await world.crm.plan({ conversationId, connectionId })).toMatchObject({ fault: null, suggestedKey: 'create', options: [{ action: 'create' }] });
  });
});

describe('signing in', () => {
  it.each([
    ['a wrong password', { password: 'wrong' }, 'needs-login'],
    ['a database that is not there', { database: 'nope' }, 'rejected'],
    ['a server that is not there', { url: 'http://127.0.0.1:1' }, 'offline'],
  ])('says so for %s, and keeps nothing', async (_, wrong, code) => {
    const world = newWorld();
    await expect(world.crm.connect({ connectorId: 'tryton', name: 'T', values: values(wrong) })).rejects.toMatchObject({
      rpcError: { code: expect.stringMatching(new RegExp(`${code}|server-unreachable`)) },
    });
    expect(world.crm.connections()).toEqual([]);
  });

  it('names the company that leads need', async () => {
    const { company } = (await server.rpc('model.res.user.get_preferences', true, {})) as { company: number };
    await server.rpc('model.res.user.write', [1], { company: null }, {});
    try {
      const connecting = newWorld().crm.connect({ connectorId: 'tryton', name: 'T', values: values({ recordKind: 'lead' }) });
      await expect(connecting).rejects.toMatchObject({ rpcError: { code: 'setup-incomplete', detail: expect.stringContaining('company-missing') } });
    } finally {
      await server.rpc('model.res.user.write', [1], { company }, {});
    }
  });

  it('is done again by itself when the session ended', async () => {
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    onTestFinished(() => proxy.close());
    const world = newWorld();
    const { connection } = await world.crm.connect({ connectorId: 'tryton', name: 'T', values: values({ url: proxy.baseUrl }) });
    const conversationId = world.addConversation({ name: 'Session Over' });
    world.addMessage(conversationId, { text: 'hola' });
    await world.pushAll(conversationId, connection.id);
    world.addMessage(conversationId, { text: 'más' });
    proxy.failNext({ kind: 'answer', status: 401 }, ({ body }) => body.includes('model.ir.note.create'));
    expect((await world.pushAll(conversationId, connection.id)).state).toBe('done');
    expect(proxy.requests.filter(({ outcome }) => outcome === 401)).toHaveLength(1);
  });
});

describe('a lead', () => {
  it('stands between party and notes when the connection asks for it', async () => {
    const world = newWorld();
    const { connection } = await world.crm.connect({ connectorId: 'tryton', name: 'T', values: values({ recordKind: 'lead' }) });
    const conversationId = world.addConversation({ name: 'Lead Person' });
    world.addMessage(conversationId, { text: 'uno' });
    await world.pushAll(conversationId, connection.id);
    world.addMessage(conversationId, { text: 'dos' });
    await world.pushAll(conversationId, connection.id);
    const leads = (await server.rpc('model.sale.opportunity.search_read', [['party.name', '=', 'Lead Person']], 0, 9, null, ['description'], {})) as {
      id: number;
    }[];
    expect(leads).toHaveLength(1);
    const notes = (await server.rpc('model.ir.note.search', [['resource', '=', `sale.opportunity,${leads[0]?.id}`]], 0, 9, null, {})) as number[];
    expect(notes).toHaveLength(2);
  });
});
