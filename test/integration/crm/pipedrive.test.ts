// needs: nothing
import { afterEach, expect, it } from 'vitest';
import { HttpFaultProxy } from '../../kit/http-fault-proxy.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { dealKeyField, personKeyField, startPipedrive } from '../../lab/crm/pipedrive-server.ts';
import type { PipedriveOptions } from '../../lab/crm/pipedrive-server.ts';
import { newWorkspaceKey, openPushWorld } from './support/push-world.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(options: PipedriveOptions = {}) {
  const pipedrive = await startPipedrive(options);
  const proxy = await HttpFaultProxy.start(pipedrive.server.baseUrl);
  const world = openPushWorld({ profileDir: tempFolder('pipedrive') });
  closing.push(world.stop, () => proxy.close(), pipedrive.server.kill);
  const connect = async (more: Readonly<Record<string, string>> = {}) =>
    (await world.crm.connect({ connectorId: 'pipedrive', name: 'Pipedrive', values: { url: proxy.baseUrl, token: pipedrive.token, ...more } })).connection.id;
  return { pipedrive, proxy, world, connect };
}

it('suggests the person with the number, however it was typed, and not one with the same last seven digits (T13)', async () => {
  const { pipedrive, world, connect } = await open();
  const right = pipedrive.addPerson({ name: 'Frau Weber', phones: ['+49(0)151 2345 6701'] });
  pipedrive.addPerson({ name: 'Somebody', phones: ['+34 151 23456701'] });
  const conversation = world.addConversation({ name: 'Weber', identifiers: [{ kind: 'phone', value: '+4915123456701' }] });
  world.addMessage(conversation, { text: 'Guten Tag' });
  const connection = await connect();
  const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
  expect(preview.options.filter(({ reason }) => reason === 'same-phone').map(({ title }) => title)).toEqual(['Frau Weber']);
  const push = await world.pushAll(conversation, connection);
  expect(push.url).toMatch(new RegExp(`/person/${String(right['id'])}$`));
  expect(pipedrive.rows('notes').map((note) => note['person_id'])).toEqual([right['id']]);
  expect(pipedrive.server.violations).toEqual([]);
});

it.each(['deal', 'lead'] as const)('writes into a %s of the person when the connection says so, files too, once', async (kind) => {
  const { pipedrive, proxy, world, connect } = await open();
  const connection = await connect({ recordKind: kind });
  const conversation = world.addConversation({ name: 'Marta Ruiz' });
  world.addMessage(conversation, { text: 'hola', file: { name: 'oferta.pdf', bytes: Buffer.from('%PDF') } });
  proxy.failNext({ kind: 'cut-after-upstream' }, 'POST /api/v1/files');
  await world.pushAll(conversation, connection);
  world.addMessage(conversation, { text: 'otra vez' });
  await world.pushAll(conversation, connection);
  const [container, ...more] = pipedrive.rows(`${kind}s`);
  expect(more).toEqual([]);
  expect(pipedrive.rows('persons').map((person) => person['name'])).toEqual(['Marta Ruiz']);
  expect(container?.['person_id']).toBe(pipedrive.rows('persons')[0]?.['id']);
  expect(pipedrive.rows('notes').map((note) => note[`${kind}_id`])).toEqual([container?.['id'], container?.['id']]);
  expect(pipedrive.rows('files').map((file) => file[`${kind}_id`])).toEqual([container?.['id']]);
  expect(pipedrive.server.violations).toEqual([]);
});

it('gives a file its own name when nothing went wrong', async () => {
  const { pipedrive, world, connect } = await open();
  const conversation = world.addConversation({ name: 'Marta Ruiz' });
  world.addMessage(conversation, { text: 'hola', file: { name: 'oferta.pdf', bytes: Buffer.from('%PDF') } });
  await world.pushAll(conversation, await connect());
  expect(pipedrive.rows('files').map((file) => file['name'])).toEqual(['oferta.pdf']);
});

it('names each field that is missing', async () => {
  const { connect } = await open({ fieldsOf: [] });
  const refusal = (await connect({ recordKind: 'deal' }).then(() => null, (error: unknown) => error)) as { rpcError: { detail: string } } | null;
  const findings = JSON.parse(refusal?.rpcError.detail ?? '[]') as { code: string; values: { record: string } }[];
  expect(findings.map(({ code, values }) => [code, values.record])).toEqual([['data-field-missing', 'person'], ['data-field-missing', 'deal']]);
});

it.each(['person', 'deal', 'lead'])('leaves one %s with our key and one note when two devices push at once and none may delete', async (recordKind) => {
  const { pipedrive, proxy } = await open({ canDelete: false });
  const workspaceKey = newWorkspaceKey();
  const worlds = [1, 2].map(() => openPushWorld({ profileDir: tempFolder('pipedrive'), workspaceKey }));
  closing.push(...worlds.map(({ stop }) => stop));
  const pushes = await Promise.all(
    worlds.map(async (world) => {
      const connection = await world.connect('pipedrive', { url: proxy.baseUrl, token: pipedrive.token, recordKind });
      const conversation = world.addConversation({ name: 'Marta' });
      world.addMessage(conversation, { text: 'hola', atMs: Date.UTC(2026, 10, 20) });
      return world.pushAll(conversation, connection);
    }),
  );
  expect(pushes.map(({ state }) => state)).toEqual(['done', 'done']);
  const keyOf = (row: Readonly<Record<string, unknown>>, field: string): unknown => row[field] ?? (row['custom_fields'] as Record<string, unknown> | undefined)?.[field];
  const withKey = [...pipedrive.rows('persons').filter((row) => Boolean(keyOf(row, personKeyField))), ...[...pipedrive.rows('deals'), ...pipedrive.rows('leads')].filter((row) => Boolean(keyOf(row, dealKeyField)))];
  expect(withKey).toHaveLength(recordKind === 'person' ? 1 : 2);
  expect(pipedrive.rows('notes')).toHaveLength(1);
  expect(pipedrive.server.violations).toEqual([]);
});
