import { createHash } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPushWorld } from '../integration/crm/support/push-world.ts';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { tempFolder } from '../kit/temp-folder.ts';
import { startDolibarr } from '../lab/crm/dolibarr-server.ts';
import type { DolibarrOptions } from '../lab/crm/dolibarr-server.ts';
import { readMarkup } from '../lab/crm/read-html.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

describeConnector('Dolibarr', {
  connectorId: 'dolibarr',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  fileNameThere: (name) => name.normalize('NFD').replace(/\p{Mn}/gu, ''),
  writes: {
    contact: ({ method, path }) => method === 'POST' && path.endsWith('/contacts'),
    note: ({ method, path }) => method === 'POST' && path.endsWith('/agendaevents'),
    file: ({ method, path }) => method === 'POST' && path.endsWith('/documents/upload'),
  },
  record: [
    {
      kind: 'contact',
      facts: (name) => ({ name }),
      later: () => ({ owner: 'Jordi Llach, Tamm', openTickets: [{ title: 'Avería', status: 'In progress' }, { title: 'Pregunta', status: 'Unread' }] }),
    },
  ],
  start: async (): Promise<TestTarget> => {
    const site = await startDolibarr();
    const proxy = await HttpFaultProxy.start(site.server.baseUrl);
    return {
      values: { url: proxy.baseUrl, token: site.token },
      mailCount: null,
      server: { proxy, kill: site.server.kill, restart: site.server.restart },
      violations: () => site.server.violations,
      record: () => {
        const idOf = (name: string) => [...site.contacts.values()].find((row) => [row['firstname'], row['lastname']].filter(Boolean).join(' ') === name)?.id ?? '';
        return {
          work: (name) => {
            site.changeContact(idOf(name), { socid: '12', socname: 'Levante' });
            for (const [subject, status] of [['Avería', 3], ['Avería', 8], ['Pregunta', 0]] as const) site.addTicket({ socid: '12', subject, status });
            site.addTicket({ socid: '13', subject: 'Of somebody else', status: 0 });
            return Promise.resolve();
          },
          remove: (name) => Promise.resolve(site.removeContact(idOf(name))),
        };
      },
      inspect: (name) => {
        const ids = [...site.contacts.values()].filter((row) => [row['firstname'], row['lastname']].filter(Boolean).join(' ') === name).map(({ id }) => id);
        const events = [...site.events.values()].filter((event) => ids.includes(String(event['contact_id'])));
        const files = [...site.documents].filter(([place]) => ids.includes(place.split('/')[0] ?? ''));
        return Promise.resolve({
          records: ids.map((id) => ({ id })),
          notes: events.map((event) => readMarkup(String(event['note_private']))),
          files: files.map(([place, bytes]) => ({ name: place.split('/')[1] ?? '', sha256: createHash('sha256').update(bytes).digest('hex') })),
        });
      },
      stop: async () => {
        await proxy.close();
        await site.server.kill();
      },
    };
  },
});

describe('Dolibarr, its own ways', () => {
  const start = async (options?: DolibarrOptions) => {
    const site = await startDolibarr(options);
    onTestFinished(() => site.server.kill());
    onTestFinished(() => expect(site.server.violations).toEqual([]));
    const world = openPushWorld({ profileDir: tempFolder('dolibarr') });
    onTestFinished(() => world.stop());
    return { site, world, values: { url: site.server.baseUrl, token: site.token } };
  };

  it('finds a contact by a number that is written another way, and fills only what is empty', async () => {
    const { site, world, values } = await start();
    const connection = await world.connect('dolibarr', values);
    const id = site.addContact({ lastname: 'Weber', firstname: 'Karl', phone_pro: '+49 (0)151 2345-6701' });
    site.addContact({ lastname: 'Stranger', phone_mobile: '+41 1 151 2345 6701' });
    const conversation = world.addConversation({
      name: 'Kalle',
      identifiers: [
        { kind: 'phone', value: '+4915123456701' },
        { kind: 'email', value: 'karl@weber.example' },
      ],
    });
    world.addMessage(conversation, { text: 'Guten Tag' });
    const push = await world.pushAll(conversation, connection);
    expect(push).toMatchObject({ state: 'done', url: `${site.server.baseUrl}/contact/card.php?id=${id}` });
    expect(site.contacts.get(id)).toMatchObject({ phone_pro: '+49 (0)151 2345-6701', email: 'karl@weber.example' });
    expect(site.contacts.get(id)?.['phone_mobile']).toBeUndefined();
  });

  it('stores files whose names could run, or hold what Dolibarr forbids, under the name it knows them by', async () => {
    const { site, world, values } = await start();
    const connection = await world.connect('dolibarr', values);
    const conversation = world.addConversation({ name: "Ada O'Neil (Ltd)" });
    for (const name of ['run.js', 'a--b -c.pdf', 'Ж$;`.txt', '..x.html', 'plain']) {
      world.addMessage(conversation, { text: name, file: { name, bytes: Buffer.from(name) } });
    }
    const push = await world.pushAll(conversation, connection);
    expect(push).toMatchObject({ state: 'done', fileCount: 5 });
    expect(site.documents.size).toBe(5);
    expect(await world.crm.withdraw({ id: push.id })).toEqual({ withdrawnCount: 6, keptCount: 0 });
    expect([site.documents.size, site.events.size]).toEqual([0, 0]);
  });

  it.each(['18.0.4', '22.0.1'])('says of a contact what its user may see in version %s, where firms and tickets are not among it', async (version) => {
    const { site, world, values } = await start({ version, forbidden: ['tickets', 'thirdparties'] });
    const connectionId = await world.connect('dolibarr', values);
    const id = site.addContact({ lastname: 'Weber', firstname: 'Karl', email: 'karl@weber.example', socid: '12' });
    site.addTicket({ socid: '12', subject: 'Avería', status: 0 });
    const conversationId = world.addConversation({ name: 'Karl', identifiers: [{ kind: 'email', value: 'karl@weber.example' }] });
    world.addMessage(conversationId, { text: 'Guten Tag' });
    expect(await world.pushAll(conversationId, connectionId)).toMatchObject({ url: `${site.server.baseUrl}/contact/card.php?id=${id}` });
    expect(await world.crm.followUp.record({ conversationId, connectionId })).toEqual({ name: 'Karl Weber', openTickets: [] });
    expect(world.crm.connections()).toMatchObject([{ state: 'ready' }]);
  });

  it.each([
    ['the version is too old', { version: '12.0.5' }, 'version-too-old'],
    ['events may not be read', { forbidden: ['agendaevents'] }, 'right-missing'],
  ])('says so where %s', async (_what, options, code) => {
    const { world, values } = await start(options);
    await expect(world.connect('dolibarr', values)).rejects.toMatchObject({
      rpcError: { code: 'setup-incomplete', detail: expect.stringContaining(code) as string },
    });
  });
});
