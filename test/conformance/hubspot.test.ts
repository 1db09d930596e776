// needs: nothing
import { createHash } from 'node:crypto';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { startHubspot } from '../lab/crm/hubspot-server.ts';
import { readHtml } from '../lab/crm/read-html.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

describeConnector('HubSpot', {
  connectorId: 'hubspot',
  verifiedAgainst: 'contract',
  isFoundLate: true,
  raceRuns: 6,
  writes: {
    contact: ({ method, path }) => method === 'POST' && path === '/crm/v3/objects/contacts',
    note: ({ method, path, body }) => method === 'POST' && path === '/crm/v3/objects/notes' && !body.includes('hs_attachment_ids'),
    file: ({ method, path, body }) => method === 'POST' && path === '/crm/v3/objects/notes' && body.includes('hs_attachment_ids'),
  },
  record: [
    { kind: 'contact', facts: (name) => ({ name }), later: () => ({ stage: 'Customer' }) },
    { kind: 'deal', values: { recordKind: 'deal' }, facts: (name) => ({ name: `XMPP: ${name}`, stage: 'Appointment scheduled' }) },
    {
      kind: 'ticket',
      values: { recordKind: 'ticket' },
      facts: (name) => ({ name: `XMPP: ${name}`, status: 'New', priority: '', priorityChoices: ['Low', 'Medium', 'High', 'Urgent'] }),
      changes: [{ field: 'priority', value: 'Urgent', stored: 'URGENT' }],
    },
  ],
  start: async (): Promise<TestTarget> => {
    const hubspot = await startHubspot({ searchLagMs: 10_000 });
    const { server } = hubspot;
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    return {
      values: { url: proxy.baseUrl, token: hubspot.token },
      violations: () => server.violations,
      mailCount: null,
      server: { proxy, kill: server.kill, restart: server.restart },
      record: (kind) => {
        const record = (name: string) =>
          hubspot.records(`${kind}s`).find(({ properties: { firstname, lastname, dealname, subject } }) => (dealname ?? subject ?? `${firstname} ${lastname}`).endsWith(name));
        return {
          stored: (name) => Promise.resolve(record(name)?.properties['hs_ticket_priority'] ?? ''),
          work: (name) => Promise.resolve(hubspot.change('contacts', record(name)?.id ?? '', { lifecyclestage: 'customer' })),
          remove: (name) => Promise.resolve(hubspot.remove(`${kind}s`, record(name)?.id ?? '')),
        };
      },
      inspect: (name) => {
        const records = hubspot.records('contacts').filter(({ properties: { firstname, lastname } }) => `${firstname} ${lastname}` === name);
        const notes = records.flatMap(({ id }) => hubspot.notesOf('contacts', id)).map(({ properties }) => properties);
        const files = notes.flatMap(({ hs_attachment_ids: ids = '' }) => ids.split(';').filter(Boolean)).map((id) => hubspot.fileOf(id));
        return Promise.resolve({
          records: records.map(({ id }) => ({ id })),
          notes: notes.filter(({ hs_attachment_ids: ids }) => ids === undefined).map(({ hs_note_body: body = '' }) => readHtml(body)),
          files: files
            .filter((file) => file?.access === 'PRIVATE')
            .map((file) => ({ name: file?.name ?? '', sha256: createHash('sha256').update(file?.bytes ?? '').digest('hex') })),
        });
      },
      stop: async () => {
        await proxy.close();
        await server.kill();
      },
    };
  },
});
