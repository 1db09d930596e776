// needs: odoo
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createPinnedHttp } from '../../../electron/engine/crm/http/pinned-http.ts';
import { externalId, loadOnce, tryExternalId } from '../../../electron/engine/crm/odoo/records.ts';
import type { ConnectorContext } from '../../../electron/engine/crm/connector.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { startOdoo } from '../../lab/index.ts';
import type { OdooServer } from '../../lab/index.ts';
import { openPushWorld } from './support/push-world.ts';
import type { PushWorld } from './support/push-world.ts';

type Values = Readonly<Record<string, string>>;

let server: OdooServer;
const open: PushWorld[] = [];

beforeAll(async () => {
  server = await startOdoo();
});
afterEach(async () => {
  for (const world of open.splice(0)) await world.stop();
});
afterAll(() => server.stop());

const values = (more: Values = {}): Values => ({ url: server.baseUrl, database: server.database, user: server.user, passwordOrKey: server.password, ...more });

function newWorld(): PushWorld {
  const world = openPushWorld({ profileDir: tempFolder('odoo') });
  open.push(world);
  return world;
}

const connect = (more: Values = {}, connectorId = 'odoo') => newWorld().crm.connect({ connectorId, name: 'Odoo', values: values(more) });

const findingsOf = async (work: Promise<unknown>): Promise<readonly string[]> => {
  const refusal = (await work.then(() => null, (error: unknown) => error)) as { rpcError: { code: string; detail: string } } | null;
  expect(refusal?.rpcError.code).toBe('setup-incomplete');
  return (JSON.parse(refusal?.rpcError.detail ?? '[]') as { code: string; detail: string }[]).map(({ code, detail }) => `${code}: ${detail}`);
};

const create = (model: string, fields: Readonly<Record<string, unknown>>): Promise<number> => server.call(model, 'create', [fields]) as Promise<number>;
const read = async (model: string, domain: readonly unknown[], fields: readonly string[]) =>
  (await server.call(model, 'search_read', [domain, fields], { order: 'id' })) as Record<string, unknown>[];

it('finds a customer by the number however it is spelled, and nobody by a part of it (T13)', async () => {
  const world = newWorld();
  const connectionId = await world.connect('odoo', values());
  const spellings = ['+49 151 2345 6701', '+49 (0)151 / 23456702', '+4915123456703', '+49.151.2345.6704', '0049 151 23456705'];
  for (const [at, phone] of spellings.entries()) {
    const id = await create('res.partner', { name: `Spelling ${at}`, [at % 2 === 0 ? 'mobile' : 'phone']: phone });
    const conversationId = world.addConversation({ name: 'Somebody Else', handle: `somebody.${at}`, identifiers: [{ kind: 'phone', value: `+491512345670${at + 1}` }] });
    world.addMessage(conversationId, { text: 'hola' });
    expect(await world.crm.plan({ conversationId, connectionId }), phone).toMatchObject({ suggestedKey: `use:contact:${id}`, fault: null });
  }
  const stranger = world.addConversation({ name: 'Nobody Known', identifiers: [{ kind: 'phone', value: '+4915123456799' }] });
  world.addMessage(stranger, { text: 'hola' });
  expect((await world.crm.plan({ conversationId: stranger, connectionId })).suggestedKey).toBe('create');
});

it('finds an address in any case and with a name around, takes no wildcard for a letter, and fills only what is empty', async () => {
  const world = newWorld();
  const connectionId = await world.connect('odoo', values());
  const id = await create('res.partner', { name: 'Marta R.', email: '"Marta" <A_B@Levante.example>', mobile: '+34 600 999 888' });
  await create('res.partner', { name: 'Other', email: 'axb@levante.example' });
  const conversationId = world.addConversation({
    name: 'Marta',
    identifiers: [{ kind: 'email', value: 'a_b@levante.example' }, { kind: 'phone', value: '+34600111222' }],
  });
  world.addMessage(conversationId, { text: 'hola' });
  const preview = await world.crm.plan({ conversationId, connectionId });
  expect(preview.options.map(({ key }) => key)).toEqual([`use:contact:${id}`, 'create']);
  const push = await world.pushAll(conversationId, connectionId);
  expect(push.url).toBe(`${server.baseUrl}/mail/view?model=res.partner&res_id=${id}`);
  expect(await read('res.partner', [['id', '=', id]], ['email', 'mobile'])).toEqual([{ id, email: '"Marta" <A_B@Levante.example>', mobile: '+34 600 999 888' }]);
});

it('writes to a lead and to a task below the contact, and mails neither the customer nor a colleague who follow', async () => {
  for (const [recordKind, model] of [['lead', 'crm.lead'], ['task', 'project.task']] as const) {
    const world = newWorld();
    const connectionId = await world.connect('odoo', values({ recordKind, taskProject: server.project }));
    const name = `Follower ${recordKind}`;
    const identifiers = [{ kind: 'email' as const, value: `follower.${recordKind}@levante.example` }];
    const conversationId = world.addConversation({ name, identifiers });
    world.addMessage(conversationId, { text: 'primero' });
    expect(await world.pushAll(conversationId, connectionId)).toMatchObject({ state: 'done', fault: null });
    const [record = {}] = await read(model, [['name', 'ilike', name]], ['partner_id', 'message_partner_ids', 'project_id', 'user_id'].filter((field) => model === 'project.task' || field !== 'project_id'));
    const [partner, id] = [(record['partner_id'] as [number, string])[0], Number(record['id'])];
    expect(record['message_partner_ids']).toEqual([]);
    const [colleague = {}] = await read('res.users', [['login', '=', server.rival]], ['partner_id']);
    await server.call(model, 'message_subscribe', [[id], [partner, (colleague['partner_id'] as [number, string])[0]]]);
    world.addMessage(conversationId, { text: 'segundo' });
    await world.pushAll(conversationId, connectionId);
    const notes = await read('mail.message', [['model', '=', model], ['res_id', '=', id], ['body', 'ilike', '[ref:']], ['subtype_id', 'partner_ids', 'needaction_partner_ids']);
    expect(notes.map((note) => [(note['subtype_id'] as [number, string])[1], note['partner_ids'], note['needaction_partner_ids']])).toEqual([['Note', [], []], ['Note', [], []]]);
    expect(await server.mailedAddresses()).toEqual([]);
    // The catcher catches: an ordinary message to the same followers is mailed.
    if (recordKind === 'task') {
      await server.call(model, 'message_post', [[id]], { body: 'for all', subtype: 'mail.mt_comment' });
      expect((await server.mailedAddresses()).join(' ')).toContain('follower.task@levante.example');
    }
  }
});

it('writes to the record of an employee only for those who may, after a second yes', async () => {
  expect(await findingsOf(connect({}, 'odoo-employees'))).toContain('right-missing: Employees: write, create');
  const world = newWorld();
  const { connection, probe } = await world.crm.connect({ connectorId: 'odoo-employees', name: 'Staff', values: values({ user: server.officer }) });
  expect(probe).toMatchObject({ isUsable: true, signedInAs: 'officer', version: '11.0' });
  expect(probe.findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['warning staff-notes-open']);
  const id = await create('hr.employee', { name: 'Kaie Tamm', work_email: 'kaie@company.example' });
  const conversationId = world.addConversation({ name: 'Kaie', identifiers: [{ kind: 'email', value: 'kaie@company.example' }] });
  world.addMessage(conversationId, { text: 'haige' });
  const preview = await world.crm.plan({ conversationId, connectionId: connection.id });
  expect(preview).toMatchObject({ suggestedKey: `use:employee:${id}`, needsConfirmation: true });
  const push = { planId: preview.planId, targetKey: `use:employee:${id}`, rememberOneClick: true };
  expect(() => world.crm.push(push)).toThrow();
  expect(await world.settled(world.crm.push({ ...push, isConfirmed: true }).id)).toMatchObject({ state: 'done', fault: null });
  expect(await read('mail.message', [['model', '=', 'hr.employee'], ['res_id', '=', id], ['body', 'ilike', 'haige']], ['id'])).toHaveLength(1);
});

it('names the right, the app, the project, the login and the database that is wrong', async () => {
  expect(await findingsOf(connect({ user: server.clerk, recordKind: 'lead' }))).toEqual(['right-missing: Contacts: write, create', 'right-missing: CRM: read, write, create']);
  expect(await findingsOf(connect({ recordKind: 'task', taskProject: 'Nope' }))).toEqual(['task-project-missing: Nope']);
  await expect(connect({ passwordOrKey: 'wrong' })).rejects.toMatchObject({ rpcError: { code: 'needs-login' } });
  const refusal = (await connect({ database: 'nope' }).then(() => null, (error: unknown) => error)) as { rpcError: { detail?: string } };
  expect(JSON.stringify(refusal.rpcError)).not.toMatch(/127\.0\.0\.1.*port|connection to server/i);
});

it('says that the record is gone instead of writing where nobody looks', async () => {
  const world = newWorld();
  const connectionId = await world.connect('odoo', values());
  const conversationId = world.addConversation({ name: 'Soon Gone' });
  world.addMessage(conversationId, { text: 'uno' });
  await world.pushAll(conversationId, connectionId);
  const [partner = {}] = await read('res.partner', [['name', '=', 'Soon Gone']], ['id']);
  await server.call('res.partner', 'unlink', [[partner['id']]]);
  world.addMessage(conversationId, { text: 'dos' });
  const { push } = await world.crm.pushNow({ conversationId, connectionId });
  expect(await world.settled(push?.id ?? (0 as never))).toMatchObject({ state: 'needs-you', fault: { code: 'record-gone' } });
  expect(await read('mail.message', [['body', 'ilike', 'dos<br']], ['id'])).toEqual([]);
});

it('looks an external id up without leaving a record behind, as Odoo 15 and later need it', async () => {
  const context: ConnectorContext = {
    values: values(),
    http: createPinnedHttp({ baseUrl: server.baseUrl }),
    memory: new Map(),
    signal: AbortSignal.timeout(30_000),
    accessToken: () => Promise.reject(new Error('no token here')),
  };
  const counts = async () => Promise.all(['res.partner', 'crm.lead', 'project.task', 'ir.model.data'].map((model) => server.call(model, 'search_count', [[]])));
  const before = await counts();
  for (const model of ['res.partner', 'crm.lead', 'project.task']) {
    expect(await tryExternalId(context, model, externalId('contact', 'pal1.neverneverneverxx'))).toBeNull();
  }
  expect(await counts()).toEqual(before);
  const id = externalId('contact', 'pal1.thisonethisonexx');
  const made = await loadOnce(context, 'res.partner', id, { name: 'By external id' });
  expect(await tryExternalId(context, 'res.partner', id)).toBe(made);
  // A second device with another text changes nothing.
  expect(await loadOnce(context, 'res.partner', id, { name: 'Another name' })).toBe(made);
  expect(await read('res.partner', [['id', '=', made]], ['name'])).toEqual([{ id: made, name: 'By external id' }]);
});
