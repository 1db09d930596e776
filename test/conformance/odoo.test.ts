// needs: odoo
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
  writes: { contact: loads('res.partner'), note: loads('mail.message'), file: loads('ir.attachment') },
  start: async (): Promise<TestTarget> => {
    const server = await startOdoo();
    const proxy = await HttpFaultProxy.start(server.baseUrl);
    const search = async <Found>(model: string, domain: readonly unknown[], fields: readonly string[]) =>
      (await server.call(model, 'search_read', [domain, fields], { order: 'id' })) as Found[];
    return {
      values: { url: proxy.baseUrl, database: server.database, user: server.user, passwordOrKey: server.password },
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
