import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { tempFolder } from '../kit/temp-folder.ts';
import { startTwentyServer, twentyKey } from '../lab/crm/twenty-server.ts';
import type { TwentyRow } from '../lab/crm/twenty-server.ts';
import { openPushWorld } from '../integration/crm/support/push-world.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

/** As a person reads it there: a paragraph a line. */
function bodyOf({ fields }: TwentyRow): string {
  const { blocknote } = fields['bodyV2'] as { blocknote: string };
  const blocks = JSON.parse(blocknote) as { content: { text: string }[] }[];
  return blocks.map(({ content }) => content.map(({ text }) => text).join('')).join('\n');
}

const nameOf = ({ fields }: TwentyRow): string => {
  const { firstName, lastName } = fields['name'] as { firstName: string; lastName: string };
  return `${firstName} ${lastName}`.trim();
};

const isPost = (path: string) => (seen: { method: string; path: string }) => seen.method === 'POST' && seen.path === path;

/** As a person there does it. */
const call = (baseUrl: string, path: string, json: unknown) =>
  fetch(`${baseUrl}/rest${path}`, { method: 'POST', headers: { authorization: `Bearer ${twentyKey}`, 'content-type': 'application/json' }, body: JSON.stringify(json) });

/** On people, or on an opportunity of each. */
const start = async (recordKind: 'contact' | 'opportunity'): Promise<TestTarget> => {
  const server = await startTwentyServer();
  const proxy = await HttpFaultProxy.start(server.baseUrl);
  return {
    values: { url: proxy.baseUrl, token: twentyKey, ...(recordKind === 'opportunity' ? { recordKind } : {}) },
    mailCount: null,
    server: { proxy, kill: server.kill, restart: server.restart },
    violations: () => server.violations,
    record: (kind) => {
      const personOf = (name: string) => server.rows.people.find((person) => nameOf(person) === name);
      return {
        work: async (name) => {
          const pointOfContactId = personOf(name)?.id;
          for (const stage of ['FOLLOW_UP', 'CUSTOMER']) await call(server.baseUrl, '/opportunities', { name: 'Oferta', stage, pointOfContactId });
          await call(server.baseUrl, '/opportunities', { name: 'Of somebody else', stage: 'NEW' });
        },
        remove: (name) => {
          const row = kind === 'opportunity' ? server.rows.opportunities.find(({ fields }) => String(fields['name']).endsWith(name)) : personOf(name);
          if (row !== undefined) row.isInBin = true;
          return Promise.resolve();
        },
      };
    },
    inspect: (name) => {
      const people = server.rows.people.filter((person) => nameOf(person) === name);
      const opportunities = server.rows.opportunities.filter(({ fields }) => people.some(({ id }) => id === fields['pointOfContactId']));
      const [records, field] = recordKind === 'opportunity' ? ([opportunities, 'targetOpportunityId'] as const) : ([people, 'targetPersonId'] as const);
      const isTheirs = ({ fields }: TwentyRow) => records.some(({ id }) => id === fields[field]);
      // A note that nothing ties to the record is seen by nobody, and one that is tied twice is seen twice.
      const tied = server.rows.noteTargets.filter(isTheirs).map(({ fields }) => fields['noteId']);
      return Promise.resolve({
        records: records.map(({ id }) => ({ id })),
        notes: server.rows.notes.flatMap((note) => tied.filter((id) => id === note.id).map(() => bodyOf(note))),
        files: server.rows.attachments.filter(isTheirs).map(({ fields }) => {
          const [{ fileId } = { fileId: '' }] = fields['file'] as { fileId: string }[];
          const bytes = server.files.get(fileId)?.bytes ?? Buffer.alloc(0);
          return { name: String(fields['name']), sha256: createHash('sha256').update(bytes).digest('hex') };
        }),
      });
    },
    stop: async () => {
      await proxy.close();
      await server.kill();
    },
  };
};

const writes = { contact: isPost('/rest/people'), note: isPost('/rest/notes'), file: isPost('/rest/attachments') };

describeConnector('Twenty', {
  connectorId: 'twenty',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  writes,
  record: [{ kind: 'contact', facts: (name) => ({ name, openTickets: [] }), later: () => ({ openTickets: [{ title: 'Oferta', status: 'Follow up' }] }) }],
  start: () => start('contact'),
});

describeConnector('Twenty, into opportunities', {
  connectorId: 'twenty',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  writes: { ...writes, container: isPost('/rest/opportunities') },
  record: [{ kind: 'opportunity', facts: (name) => ({ name: `XMPP: ${name}`, stage: 'New' }) }],
  start: () => start('opportunity'),
});

describe('Twenty, set up in another way', () => {
  const open = async () => {
    const server = await startTwentyServer();
    const world = openPushWorld({ profileDir: tempFolder('crm-twenty') });
    const connection = await world.connect('twenty', { url: server.baseUrl, token: twentyKey });
    return { server, world, connection, stop: () => Promise.all([world.stop(), server.kill()]) };
  };

  it('names the objects that the key may not read, and a version that ties notes in another way', async () => {
    const { server, world, connection, stop } = await open();
    server.setUp.forbidden = ['notes', 'attachments'];
    const { isUsable, findings } = await world.crm.probe({ id: connection });
    expect([isUsable, ...findings.map(({ code, detail }) => `${code} ${detail}`)]).toEqual([false, 'right-missing notes', 'right-missing attachments']);
    Object.assign(server.setUp, { forbidden: [], isOld: true });
    expect((await world.crm.probe({ id: connection })).findings.map(({ code }) => code)).toEqual(['version-too-old']);
    await stop();
  });

  it('says of a person what its key may see, where opportunities are not among it', async () => {
    const { server, world, connection: connectionId, stop } = await open();
    server.setUp.forbidden = ['opportunities'];
    const conversationId = world.addConversation({ name: 'Marta Ruiz' });
    world.addMessage(conversationId, { text: 'buenos días' });
    await world.pushAll(conversationId, connectionId);
    expect(await world.crm.followUp.record({ conversationId, connectionId })).toEqual({ name: 'Marta Ruiz', openTickets: [] });
    await stop();
  });

  it('ties a note whose tie was lost, instead of writing it again', async () => {
    const server = await startTwentyServer();
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    const world = openPushWorld({ profileDir: tempFolder('crm-twenty') });
    const connection = await world.connect('twenty', { url: proxy.baseUrl, token: twentyKey });
    const conversation = world.addConversation({ name: 'Marta Ruiz' });
    world.addMessage(conversation, { text: 'buenos días' });
    proxy.failNext({ kind: 'cut-before-upstream' }, isPost('/rest/noteTargets'));
    expect((await world.pushAll(conversation, connection)).state).toBe('done');
    expect([server.rows.notes.length, server.rows.noteTargets.length]).toEqual([1, 1]);
    await world.stop();
    await proxy.close();
    await server.kill();
  });

  it('writes a note anew whose first one lies in the bin', async () => {
    const { server, world, connection, stop } = await open();
    const conversation = world.addConversation({ name: 'Marta Ruiz' });
    world.addMessage(conversation, { text: 'buenos días' });
    const push = await world.pushAll(conversation, connection);
    const [note] = server.rows.notes;
    if (note !== undefined) note.isInBin = true;
    await world.crm.withdraw({ id: push.id });
    await world.pushAll(conversation, connection);
    const living = server.rows.notes.filter(({ isInBin }) => !isInBin);
    expect(living).toHaveLength(1);
    expect(server.rows.noteTargets.map(({ fields }) => fields['noteId'])).toEqual([living[0]?.id]);
    expect(server.violations).toEqual([]);
    await stop();
  });

  it('suggests the person with this number, and fills only what is missing', async () => {
    const { server, world, connection, stop } = await open();
    const phones = { primaryPhoneNumber: '612345678', primaryPhoneCallingCode: '+34', primaryPhoneCountryCode: 'ES' };
    await call(server.baseUrl, '/people', { name: { firstName: 'M.', lastName: 'R.' }, phones });
    const identifiers = [{ kind: 'phone', value: '+34612345678' }, { kind: 'email', value: 'marta@levante.example' }] as const;
    const conversation = world.addConversation({ name: 'Marta', identifiers });
    world.addMessage(conversation, { text: 'buenos días' });
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    expect(preview.suggestedKey).toBe(`use:contact:${server.rows.people[0]?.id}`);
    await world.pushAll(conversation, connection);
    expect(server.rows.people.map(({ fields }) => fields)).toEqual([{ name: { firstName: 'M.', lastName: 'R.' }, phones, emails: { primaryEmail: 'marta@levante.example' } }]);
    await stop();
  });

  it('makes a person without the address that somebody else has', async () => {
    const { server, world, connection, stop } = await open();
    await call(server.baseUrl, '/people', { name: { firstName: 'Info', lastName: '' }, emails: { primaryEmail: 'info@levante.example' } });
    const conversation = world.addConversation({ name: 'Marta Ruiz', identifiers: [{ kind: 'email', value: 'info@levante.example' }] });
    world.addMessage(conversation, { text: 'buenos días' });
    expect((await world.pushAll(conversation, connection, 'create')).state).toBe('done');
    expect(server.rows.people.map((person) => [nameOf(person), server.firstEmail(person)])).toEqual([['Info', 'info@levante.example'], ['Marta Ruiz', undefined]]);
    expect(server.violations).toEqual([]);
    await stop();
  });

  it('says so where opportunities may not be read, and only to those who write to them', async () => {
    const { server, world, connection, stop } = await open();
    server.setUp.forbidden = ['opportunities'];
    expect((await world.crm.probe({ id: connection })).isUsable).toBe(true);
    const values = { url: server.baseUrl, token: twentyKey, recordKind: 'opportunity' };
    const refusal = { code: 'setup-incomplete', detail: expect.stringMatching(/right-missing.*opportunities/) as string };
    await expect(world.crm.connect({ connectorId: 'twenty', name: 'Opportunities', values })).rejects.toMatchObject({ rpcError: refusal });
    await stop();
  });
});
