// needs: odoo
// takes: long
import { createHash } from 'node:crypto';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { startOdoo } from '../lab/index.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

interface Row {
  readonly id: number;
}

const loads = (model: string) => ({ body }: { readonly body: string }) => body.includes(`"${model}","load"`);

/** As a person reads it in the record's history. */
const readNote = (html: string): string =>
  html.replaceAll(/<br\s*\/?>/g, '\n').replaceAll(/<\/?p>/g, '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');

describeConnector('Odoo 11', {
  connectorId: 'odoo',
  raceRuns: 6,
  kills: 5,
  writes: { contact: loads('res.partner'), note: loads('mail.message'), file: loads('ir.attachment') },
  record: [
    {
      kind: 'contact',
      facts: (name) => ({ name, openTickets: [] }),
      later: () => ({ owner: 'Administrator', openTickets: [{ title: 'Oferta', status: 'New' }, { title: 'Avería', status: 'New' }] }),
    },
    {
      kind: 'lead',
      values: { recordKind: 'lead' },
      facts: (name) => ({ name: `XMPP: ${name}`, stage: 'New', owner: 'Agent', priority: 'Normal', priorityChoices: ['Low', 'High', 'Very High'] }),
      changes: [{ field: 'priority', value: 'High', stored: '2' }],
    },
    {
      kind: 'task',
      values: { recordKind: 'task', taskProject: 'Support' },
      facts: (name) => ({ name: `XMPP: ${name}`, stage: 'New', owner: 'Agent', priority: 'Low', priorityChoices: ['Normal'] }),
      changes: [{ field: 'priority', value: 'Normal', stored: '1' }],
    },
  ],
  start: async (): Promise<TestTarget> => {
    const server = await startOdoo();
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    const search = async <Found>(model: string, domain: readonly unknown[], fields: readonly string[]) =>
      (await server.call(model, 'search_read', [domain, fields], { order: 'id' })) as Found[];
    return {
      values: { url: proxy.baseUrl, database: server.database, user: server.user, passwordOrKey: server.password },
      record: (kind) => {
        const model = kind === 'contact' ? 'res.partner' : kind === 'lead' ? 'crm.lead' : 'project.task';
        const row = async (name: string) => (await search<Row & { priority?: string }>(model, [['name', 'ilike', name]], kind === 'contact' ? ['id'] : ['priority']))[0];
        return {
          stored: async (name) => (await row(name))?.priority ?? '',
          remove: async (name) => void (await server.call(model, 'unlink', [[(await row(name))?.id]])),
          work: async (name) => {
            const partner_id = (await row(name))?.id;
            await server.call('res.partner', 'write', [[partner_id], { user_id: 1 }]);
            // Of colleagues a salesperson with "Own Documents Only" sees nothing; Odoo gives a new lead to whoever makes it.
            const opportunities = [{ name: 'Oferta' }, { name: 'Perdida', active: false }, { name: 'Ganada', probability: 100 }, { name: 'Ajena', user_id: 1 }];
            for (const lead of opportunities) {
              await server.call('crm.lead', 'create', [{ user_id: false, partner_id, type: 'opportunity', probability: 10, ...lead }]);
            }
            const [project] = await search<Row>('project.project', [['name', '=', server.project]], ['id']);
            await server.call('project.task', 'create', [{ name: 'Avería', partner_id, project_id: project?.id }]);
          },
        };
      },
      mailCount: async () => (await server.mailedAddresses()).length,
      server: { proxy, kill: server.kill, restart: server.restart },
      inspect: async (name) => {
        const partners = await search<Row>('res.partner', [['name', '=', name]], ['id']);
        const ids = partners.map(({ id }) => id);
        // Only notes count: what customers would be sent is missing here.
        const notes = await search<{ body: string }>('mail.message', [['model', '=', 'res.partner'], ['res_id', 'in', ids], ['subtype_id.internal', '=', true]], ['body']);
        const files = await search<{ name: string; datas: string }>('ir.attachment', [['res_model', '=', 'res.partner'], ['res_id', 'in', ids], ['res_field', '=', false]], ['name', 'datas']);
        return {
          records: partners.map(({ id }) => ({ id: String(id) })),
          notes: notes.map(({ body }) => readNote(body)),
          files: files.map((file) => ({ name: file.name, sha256: createHash('sha256').update(Buffer.from(file.datas, 'base64')).digest('hex') })),
        };
      },
      stop: async () => {
        await proxy.close();
        await server.stop();
      },
    };
  },
});
