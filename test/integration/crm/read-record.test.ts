// needs: redmine, rt, tryton
/** What the CRM says of a record, read back from the real servers, and status and priority changed there. */
import { afterEach, expect, it, onTestFinished } from 'vitest';
import type { RecordFacts } from '#rpc';
import { change } from '../../../electron/engine/store/statements.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { startRedmine, startRequestTracker, startTryton } from '../../lab/index.ts';
import { openPushWorld } from './support/push-world.ts';
import type { PushWorld } from './support/push-world.ts';

const open: PushWorld[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.stop();
});

async function pushed(connectorId: string, values: Readonly<Record<string, string>>) {
  const world = openPushWorld({ profileDir: tempFolder('record') });
  open.push(world);
  const connectionId = await world.connect(connectorId, values);
  const conversationId = world.addConversation({ name: 'Marta Ruiz' });
  world.addMessage(conversationId, { text: 'hola' });
  const before = await world.crm.followUp.record({ conversationId, connectionId });
  expect(before).toBeNull();
  const push = await world.pushAll(conversationId, connectionId, 'create');
  const record = () => world.crm.followUp.record({ conversationId, connectionId });
  const set = (field: 'status' | 'priority', value: string): Promise<RecordFacts> =>
    world.crm.followUp.changeRecord({ conversationId, connectionId, field, value });
  const changes = () => world.crm.auditOf(conversationId).filter(({ action }) => action === 'changed').map(({ detail, recordId }) => [detail, recordId]);
  return { world, record, set, changes, id: /(\d+)$/u.exec(push.url ?? '')?.[1] ?? '' };
}
const refused = { rpcError: { code: 'not-possible' } };

it('Request Tracker: status, priority and owner; changed; never where a requestor would be mailed', async () => {
  const server = await startRequestTracker();
  onTestFinished(() => server.stop());
  const { record, set, changes, id } = await pushed('request-tracker', { url: server.baseUrl, token: server.token, queue: 'General' });
  expect(await record()).toMatchObject({ name: 'XMPP: Marta Ruiz', status: 'new' });
  expect((await record())?.statusChoices).toEqual(expect.arrayContaining(['open', 'resolved']));
  expect((await record())?.statusChoices).not.toContain('deleted');
  expect(await set('status', 'open')).toMatchObject({ status: 'open' });
  expect(await set('priority', 'High')).toMatchObject({ priority: 'High' });
  expect(await server.call('GET', `/ticket/${id}`)).toMatchObject({ Status: 'open' });
  expect(changes()).toEqual([['status', id], ['priority', id]]);
  expect((await record())?.owner).toBeUndefined();
  await server.call('PUT', `/ticket/${id}`, { Owner: 'root' });
  expect(await record()).toMatchObject({ owner: 'root' });
  await expect(set('status', 'deleted')).rejects.toMatchObject(refused);
  await server.call('PUT', `/ticket/${id}`, { Requestor: 'marta@levante.example' });
  expect((await record())?.statusChoices).toBeUndefined();
  await expect(set('status', 'resolved')).rejects.toMatchObject(refused);
  await server.call('PUT', `/ticket/${id}`, { Status: 'deleted' });
  expect(await record()).toBeNull();
});

it('Redmine: status, priority and who has it; changed with the rights the connection has', async () => {
  const server = await startRedmine();
  onTestFinished(() => server.stop());
  const { record, set, id, world } = await pushed('redmine', { url: server.baseUrl, token: server.token, project: server.project });
  const first = await record();
  expect(first).toMatchObject({ name: 'XMPP: Marta Ruiz', status: 'New' });
  expect(first?.priorityChoices?.length).toBeGreaterThan(1);
  const [nextPriority = ''] = first?.priorityChoices?.slice(-1) ?? [];
  expect(await set('priority', nextPriority)).toMatchObject({ priority: nextPriority });
  for (const status of first?.statusChoices?.slice(0, 1) ?? []) expect(await set('status', status)).toMatchObject({ status });
  expect(await server.call('GET', `/issues/${id}.json`)).toMatchObject({ issue: { priority: { name: nextPriority } } });
  const { memberships } = (await server.call('GET', `/projects/${server.project}/memberships.json`)) as { memberships: { user: { id: number; name: string } }[] };
  const [colleague] = memberships.map(({ user }) => user);
  expect((await record())?.owner).toBeUndefined();
  await server.call('PUT', `/issues/${id}.json`, { issue: { assigned_to_id: colleague?.id } });
  expect(await record()).toMatchObject({ owner: colleague?.name });
  await expect(set('priority', 'No such')).rejects.toMatchObject(refused);
  const other = ((await server.call('POST', '/issues.json', { issue: { project_id: server.project, subject: 'of a customer' } })) as { issue: { id: number } }).issue.id;
  change(world.db, 'UPDATE crm_links SET remote_id = ?', String(other));
  expect(await record()).toMatchObject({ name: 'of a customer' });
  expect((await record())?.statusChoices).toBeUndefined();
  await server.call('DELETE', `/issues/${other}.json`);
  expect(await record()).toBeNull();
});

it('Tryton: the party and its open leads; a lead with its stage', async () => {
  const server = await startTryton();
  onTestFinished(() => server.stop());
  const values = { url: server.baseUrl, database: server.database, user: server.user, password: server.password };
  const party = await pushed('tryton', values);
  expect(await party.record()).toEqual({ name: 'Marta Ruiz' });
  await expect(party.set('status', 'x')).rejects.toMatchObject(refused);
  const lead = await pushed('tryton', { ...values, recordKind: 'lead' });
  expect(await lead.record()).toEqual({ name: 'Marta Ruiz', stage: 'lead' });

  const model = (name: string, method: string, ...words: unknown[]) => server.rpc(`model.${name}.${method}`, ...words, {});
  const id = Number(lead.id);
  const [row] = (await model('sale.opportunity', 'read', [id], ['party', 'company'])) as { party: number; company: number }[];
  const [person] = (await model('party.party', 'create', [{ name: 'Jordi Llach' }])) as number[];
  const [employee] = (await model('company.employee', 'create', [{ party: person, company: row?.company }])) as number[];
  await model('sale.opportunity', 'write', [id], { employee });
  expect(await lead.record()).toEqual({ name: 'Marta Ruiz', stage: 'lead', owner: 'Jordi Llach' });

  // A conversation that was pushed to the party before leads were asked for.
  change(lead.world.db, "UPDATE crm_links SET role = 'contact', kind = 'party', remote_id = ?", String(row?.party));
  const open = [{ title: 'Marta Ruiz', status: 'lead', url: `${server.baseUrl}/#${server.database}/model/sale.opportunity/${id}` }];
  expect(await lead.record()).toEqual({ name: 'Marta Ruiz', openTickets: open });
  await model('sale.opportunity', 'lost', [id]);
  expect(await lead.record()).toEqual({ name: 'Marta Ruiz', openTickets: [] });
});
