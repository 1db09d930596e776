// needs: redmine
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { tempFolder } from '../../kit/temp-folder.ts';
import { startRedmine } from '../../lab/index.ts';
import type { RedmineServer } from '../../lab/index.ts';
import { openPushWorld } from './support/push-world.ts';
import type { PushWorld } from './support/push-world.ts';

let server: RedmineServer;
const open: PushWorld[] = [];

beforeAll(async () => {
  server = await startRedmine();
});
afterEach(async () => {
  for (const world of open.splice(0)) await world.stop();
});
afterAll(() => server.stop());

const values = (more: Readonly<Record<string, string>> = {}) => ({ url: server.baseUrl, token: server.token, project: server.project, ...more });

function newWorld(): PushWorld {
  const world = openPushWorld({ profileDir: tempFolder('redmine') });
  open.push(world);
  return world;
}

const connect = (more: Readonly<Record<string, string>> = {}) =>
  newWorld().crm.connect({ connectorId: 'redmine', name: 'Redmine', values: values(more) });

/** Findings of a refused connection. */
const findingsOf = async (work: Promise<unknown>): Promise<readonly string[]> => {
  const refusal = (await work.then(() => null, (error: unknown) => error)) as { rpcError: { code: string; detail: string } } | null;
  expect(refusal?.rpcError.code).toBe('setup-incomplete');
  return (JSON.parse(refusal?.rpcError.detail ?? '[]') as { code: string; detail: string }[]).map(({ code, detail }) => `${code}: ${detail}`);
};

it('takes the one open issue with the number, not one with another or a closed one (T13)', async () => {
  const phoneField = await fieldNumber('Phone');
  const add = async (phone: string): Promise<number> =>
    ((await server.call('POST', '/issues.json', { issue: { project_id: 'inbox', subject: 'by hand', custom_fields: [{ id: phoneField, value: phone }] } })) as { issue: { id: number } }).issue.id;
  const exact = await add('+34600123456');
  await add('+34911123456');
  await server.call('PUT', `/issues/${await add('+34600123456')}.json`, { issue: { status_id: 5 } });
  const world = newWorld();
  const connectionId = await world.connect('redmine', values());
  const conversationId = world.addConversation({ name: "O'Hara", identifiers: [{ kind: 'phone', value: '+34600123456' }] });
  world.addMessage(conversationId, { text: 'hola' });
  const preview = await world.crm.plan({ conversationId, connectionId });
  expect(preview).toMatchObject({ suggestedKey: `use:issue:${exact}`, fault: null });
  expect((await world.pushAll(conversationId, connectionId)).url).toBe(`${server.baseUrl}/issues/${exact}`);
});

it('carries files of every name unchanged', async () => {
  const world = newWorld();
  const connectionId = await world.connect('redmine', values());
  const conversationId = world.addConversation({ name: 'Files Person' });
  const files = ['日本語.pdf', 'Überweisung ñ 😀.html', `${'lang '.repeat(30)}ß.txt`].map((name, at) => ({ name, mime: 'application/x-any', bytes: Buffer.from(`<b>${at}</b>\r\n\u0000`) }));
  for (const file of files) world.addMessage(conversationId, { text: 'file', file });
  const push = await world.pushAll(conversationId, connectionId);
  expect(push).toMatchObject({ state: 'done', fault: null, fileCount: 3 });
  const id = /issues\/(\d+)$/.exec(push.url ?? '')?.[1] ?? '';
  const { issue } = (await server.call('GET', `/issues/${id}.json?include=attachments`)) as { issue: { attachments: { filename: string; content_url: string }[] } };
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const there = await Promise.all(issue.attachments.map(async ({ content_url: url }) => hash(await server.download(new URL(url).pathname))));
  expect(there.sort()).toEqual(files.map(({ bytes }) => hash(bytes)).sort());
});

it('names each right that is missing, and a project, tracker or key that is wrong', async () => {
  expect(await findingsOf(connect({ token: server.readerKey }))).toEqual([
    ...['Add issues', 'Edit issues', 'Add notes', 'Edit own notes', 'View private notes', 'Set notes as private'].map((right) => `right-missing: ${right}`),
    'right-useful: Delete issues',
  ]);
  expect(await findingsOf(connect({ project: 'nope' }))).toEqual(['project-missing: nope']);
  expect(await findingsOf(connect({ tracker: 'Nope' }))).toEqual(['tracker-missing: Nope']);
  await expect(connect({ token: 'wrong' })).rejects.toMatchObject({ rpcError: { code: 'needs-login' } });
});

it('names a custom field that is missing', async () => {
  await server.call('POST', '/projects.json', { project: { name: 'Bare', identifier: 'bare' } });
  expect(await findingsOf(connect({ token: server.adminKey, project: 'bare' }))).toEqual(['issue-field-missing: External key', 'issue-field-missing: Phone']);
});

async function fieldNumber(name: string): Promise<number> {
  const { custom_fields: fields } = (await server.call('GET', '/custom_fields.json')) as { custom_fields: { id: number; name: string }[] };
  return fields.find((field) => field.name === name)?.id ?? 0;
}
