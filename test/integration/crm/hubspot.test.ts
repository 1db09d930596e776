// needs: nothing
import { afterEach, expect, it } from 'vitest';
import { tempFolder } from '../../kit/temp-folder.ts';
import { startHubspot } from '../../lab/crm/hubspot-server.ts';
import type { HubspotOptions, HubspotServer } from '../../lab/crm/hubspot-server.ts';
import { openPushWorld } from './support/push-world.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(options: HubspotOptions = {}) {
  const hubspot = await startHubspot(options);
  const world = openPushWorld({ profileDir: tempFolder('hubspot') });
  closing.push(world.stop, hubspot.server.kill);
  const connect = async (more: Readonly<Record<string, string>> = {}) =>
    (await world.crm.connect({ connectorId: 'hubspot', name: 'HubSpot', values: { url: hubspot.server.baseUrl, token: hubspot.token, ...more } })).connection.id;
  return { hubspot, world, connect };
}

const findingsOf = async (work: Promise<unknown>): Promise<readonly string[]> => {
  const refusal = (await work.then(() => null, (error: unknown) => error)) as { rpcError: { detail: string } } | null;
  return (JSON.parse(refusal?.rpcError.detail ?? '[]') as { code: string }[]).map(({ code }) => code);
};

const noteTexts = (hubspot: HubspotServer, type: string): readonly string[] =>
  hubspot.records(type).flatMap(({ id }) => hubspot.notesOf(type, id)).map(({ properties }) => properties['hs_note_body'] ?? '');

it('suggests the contact with the number, however it was typed, and not one with the same end (T13)', async () => {
  const { hubspot, world, connect } = await open();
  const right = hubspot.add('contacts', { firstname: 'Frau', lastname: 'Weber', mobilephone: '+49(0)151 2345 6701' });
  hubspot.add('contacts', { firstname: 'Other', lastname: 'Person', phone: '+34 151 23456701' });
  const conversation = world.addConversation({ name: 'Weber', identifiers: [{ kind: 'phone', value: '+4915123456701' }] });
  world.addMessage(conversation, { text: 'Guten Tag' });
  const preview = await world.crm.plan({ conversationId: conversation, connectionId: await connect() });
  expect(preview.options.filter(({ reason }) => reason === 'same-phone').map(({ title }) => title)).toEqual(['Frau Weber']);
  const push = await world.pushAll(conversation, preview.connectionId);
  expect(push.url).toBe(`https://app.hubspot.com/contacts/146000123/record/0-1/${right.id}`);
  expect(hubspot.notesOf('contacts', right.id)).toHaveLength(1);
  expect(hubspot.records('contacts').find(({ id }) => id === right.id)?.properties).not.toHaveProperty('phone');
  expect(hubspot.server.violations).toEqual([]);
});

it.each(['deal', 'ticket'])('writes into a %s of the contact when the connection says so, once', async (kind) => {
  const { hubspot, world, connect } = await open();
  const connection = await connect({ recordKind: kind });
  const conversation = world.addConversation({ name: 'Marta Ruiz Soler' });
  world.addMessage(conversation, { text: 'hola' });
  await world.pushAll(conversation, connection);
  world.addMessage(conversation, { text: 'otra vez' });
  await world.pushAll(conversation, connection);
  expect(hubspot.records('contacts').map(({ properties: { firstname, lastname } }) => [firstname, lastname])).toEqual([['Marta', 'Ruiz Soler']]);
  const [container, ...more] = hubspot.records(`${kind}s`);
  expect(more).toEqual([]);
  expect(container?.properties).toMatchObject(kind === 'deal' ? { pipeline: 'default', dealstage: 'appointmentscheduled' } : { hs_pipeline: '0', hs_pipeline_stage: '1' });
  expect(noteTexts(hubspot, `${kind}s`)).toHaveLength(2);
  expect(noteTexts(hubspot, 'contacts')).toEqual([]);
  expect(hubspot.server.violations).toEqual([]);
});

it('names the property and the scopes that are missing', async () => {
  const without = await open({ hasKeyProperty: false, scopes: ['crm.objects.contacts.read', 'crm.schemas.contacts.read'] });
  expect(await findingsOf(without.connect())).toEqual(['property-missing', 'scope-missing']);
  const blind = await open({ scopes: ['files'] });
  expect(await findingsOf(blind.connect())).toEqual(['scope-missing', 'scope-missing']);
});

it('says which contact has the address when HubSpot refuses a second one, and writes nothing', async () => {
  const { hubspot, world, connect } = await open({ searchLagMs: 60_000 });
  const connection = await connect();
  const other = hubspot.add('contacts', { firstname: 'Marta', lastname: 'Before', email: 'marta@levante.example' });
  const conversation = world.addConversation({ name: 'Marta', handle: 'marta', identifiers: [{ kind: 'email', value: 'marta@levante.example' }] });
  world.addMessage(conversation, { text: 'hola' });
  const push = await world.pushAll(conversation, connection);
  expect(push).toMatchObject({ state: 'needs-you', fault: { code: 'rejected' } });
  expect(push.fault?.detail).toContain(other.id);
  expect(noteTexts(hubspot, 'contacts')).toEqual([]);
});
