// needs: nothing
import { createHash } from 'node:crypto';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { startOdooJson2Server } from '../lab/crm/odoo-json2-server.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

/** Not the look-up by external id, which is a `load` of nothing else. */
const loads = (model: string) => ({ path, body }: { readonly path: string; readonly body: string }) =>
  path === `/json/2/${model}/load` && !body.includes('"fields":["id"]');

/** As a person reads it in the record's history. */
const readNote = (html: string): string =>
  html.replaceAll(/<br\s*\/?>/g, '\n').replaceAll(/<\/?p>/g, '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');

// What the manifest says is of Odoo 11; of 19 the documentation only was seen.
describeConnector('Odoo 19 (JSON-2, contract)', {
  connectorId: 'odoo',
  raceRuns: 6,
  record: [
    { kind: 'contact', values: { recordKind: 'contact' }, facts: (name) => ({ name, openTickets: [] }), later: () => ({ openTickets: [{ title: 'Oferta', status: 'Won soon' }] }) },
    {
      kind: 'lead',
      facts: (name) => ({ name: `XMPP: ${name}`, priority: 'Low', priorityChoices: ['Medium', 'High', 'Very High'] }),
      changes: [{ field: 'priority', value: 'High', stored: '2' }],
    },
  ],
  writes: { contact: loads('res.partner'), container: loads('crm.lead'), note: loads('mail.message'), file: loads('ir.attachment') },
  start: async (): Promise<TestTarget> => {
    const { server, tables, key, database, user } = await startOdooJson2Server();
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    return {
      values: { url: proxy.baseUrl, database, user, passwordOrKey: key, recordKind: 'lead' },
      mailCount: null,
      violations: () => server.violations,
      server: { proxy, kill: server.kill, restart: server.restart },
      record: (kind) => {
        const model = kind === 'contact' ? 'res.partner' : 'crm.lead';
        const row = (name: string) => tables.rows(model).find((one) => String(one['name']).includes(name));
        return {
          stored: (name) => Promise.resolve(String(row(name)?.['priority'])),
          remove: (name) => Promise.resolve(tables.remove(model, [row(name)?.id])),
          work: (name) => {
            const stage_id = tables.add('crm.stage', { name: 'Won soon' }).id;
            for (const probability of [20, 100]) tables.add('crm.lead', { name: 'Oferta', partner_id: row(name)?.id, stage_id, probability });
            return Promise.resolve();
          },
        };
      },
      inspect: async (name) => {
        const partners = tables.rows('res.partner').filter((partner) => partner['name'] === name).map(({ id }) => id);
        const leads = tables.rows('crm.lead').filter((lead) => partners.includes(Number(lead['partner_id'])));
        const isOn = (model: unknown, id: unknown): boolean => model === 'crm.lead' && leads.some((lead) => lead.id === id);
        return {
          records: leads.map(({ id }) => ({ id: String(id) })),
          notes: tables.rows('mail.message').filter((row) => isOn(row['model'], row['res_id'])).map((row) => readNote(String(row['body']))),
          files: tables
            .rows('ir.attachment')
            .filter((row) => isOn(row['res_model'], row['res_id']))
            .map((row) => ({ name: String(row['name']), sha256: createHash('sha256').update(Buffer.from(String(row['datas']), 'base64')).digest('hex') })),
        };
      },
      stop: async () => {
        await proxy.close();
        await server.kill();
      },
    };
  },
});
