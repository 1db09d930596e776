import { createHash } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newWorkspaceKey, openPushWorld } from '../integration/crm/support/push-world.ts';
import type { PushWorld } from '../integration/crm/support/push-world.ts';
import { HttpFaultProxy } from '../kit/http-fault-proxy.ts';
import { tempFolder } from '../kit/temp-folder.ts';
import { readComment, startFrappe } from '../lab/crm/frappe-server.ts';
import type { FrappeOptions } from '../lab/crm/frappe-server.ts';
import { describeConnector } from './connector.ts';
import type { TestTarget } from './connector.ts';

describeConnector('ERPNext', {
  connectorId: 'erpnext',
  verifiedAgainst: 'contract',
  raceRuns: 6,
  writes: {
    contact: ({ method, path }) => method === 'POST' && path === '/api/resource/Contact',
    note: ({ method, path }) => method === 'POST' && path === '/api/resource/Comment',
    file: ({ method, path }) => method === 'POST' && path === '/api/method/upload_file',
  },
  record: [
    {
      kind: 'contact',
      facts: (name) => ({ name, openTickets: [] }),
      later: () => ({ openTickets: [{ title: 'Avería', status: 'Open' }, { title: 'Avería', status: 'On Hold' }] }),
    },
  ],
  start: async (): Promise<TestTarget> => {
    const site = await startFrappe();
    const proxy = await HttpFaultProxy.start(site.server.baseUrl);
    const of = (doctype: string) => [...(site.documents.get(doctype)?.values() ?? [])];
    return {
      values: { url: proxy.baseUrl, keyAndSecret: site.token },
      mailCount: null,
      server: { proxy, kill: site.server.kill, restart: site.server.restart },
      violations: () => site.server.violations,
      record: () => {
        const nameOf = (name: string) => of('Contact').find((contact) => contact['full_name'] === name)?.name ?? '';
        return {
          work: (name) => {
            for (const status of ['Open', 'On Hold', 'Closed', 'Resolved']) site.add('Issue', { subject: 'Avería', status, contact: nameOf(name) });
            site.add('Issue', { subject: 'Of somebody else', contact: 'nobody' });
            return Promise.resolve();
          },
          remove: (name) => Promise.resolve(site.delete('Contact', nameOf(name))),
        };
      },
      inspect: (name) => {
        const names = of('Contact').filter((contact) => contact['full_name'] === name).map((contact) => contact.name);
        const comments = of('Comment').filter((comment) => names.includes(String(comment['reference_name'])));
        const files = of('File').filter((file) => names.includes(String(file['attached_to_name'])));
        return Promise.resolve({
          records: names.map((id) => ({ id })),
          notes: comments.map((comment) => readComment(String(comment['content']))),
          files: files.map((file) => ({ name: String(file['file_name']), sha256: createHash('sha256').update(site.bytesOf(file.name)).digest('hex') })),
        });
      },
      stop: async () => {
        await proxy.close();
        await site.server.kill();
      },
    };
  },
});

describe('ERPNext, its own ways', () => {
  const workspaceKey = newWorkspaceKey();
  const start = async (options?: FrappeOptions) => {
    const site = await startFrappe(options);
    onTestFinished(() => site.server.kill());
    onTestFinished(() => expect(site.server.violations).toEqual([]));
    const world: PushWorld = openPushWorld({ profileDir: tempFolder('frappe'), workspaceKey });
    onTestFinished(() => world.stop());
    return { site, world, values: { url: site.server.baseUrl, keyAndSecret: site.token } };
  };
  const phone = { kind: 'phone', value: '+4915123456701' } as const;

  it('finds a contact by a number that is written another way, and fills only what is empty', async () => {
    const { site, world, values } = await start();
    const connection = await world.connect('erpnext', values);
    const contact = site.add('Contact', { first_name: 'Karl', last_name: 'Weber', phone_nos: [{ phone: '+49 151 2345-6701' }] });
    const conversation = world.addConversation({ name: 'Kalle', identifiers: [phone, { kind: 'email', value: 'karl@weber.example' }] });
    world.addMessage(conversation, { text: 'Guten Tag' });
    const push = await world.pushAll(conversation, connection);
    expect(push).toMatchObject({ state: 'done', url: `${site.server.baseUrl}/app/contact/Karl%20Weber` });
    expect(contact).toMatchObject({ phone_nos: [{ phone: '+49 151 2345-6701' }], email_ids: [{ email_id: 'karl@weber.example', is_primary: 1 }] });
  });

  it('does not take the last nine digits for the whole number', async () => {
    const { site, world, values } = await start();
    const connection = await world.connect('erpnext', values);
    site.add('Contact', { first_name: 'Stranger', phone_nos: [{ phone: '+43 512 345 6701' }, { phone: '+41 1 151 2345 6701' }] });
    const conversation = world.addConversation({ name: 'Kalle', identifiers: [phone] });
    world.addMessage(conversation, { text: 'Guten Tag' });
    expect(await world.crm.plan({ conversationId: conversation, connectionId: connection })).toMatchObject({ suggestedKey: 'create' });
  });

  it('writes a lead where leads are kept', async () => {
    const { site, world, values } = await start();
    const connection = await world.connect('erpnext-leads', values);
    const conversation = world.addConversation({ name: 'Ada Lovelace', identifiers: [phone] });
    world.addMessage(conversation, { text: 'hello' });
    await world.pushAll(conversation, connection);
    const [lead] = [...(site.documents.get('Lead')?.values() ?? [])];
    expect(lead).toMatchObject({ lead_name: 'Ada Lovelace', mobile_no: '+4915123456701' });
    expect([...(site.documents.get('Comment')?.values() ?? [])]).toMatchObject([{ reference_doctype: 'Lead', reference_name: lead?.name }]);

    for (const status of ['Quotation', 'Lost']) site.add('Opportunity', { title: 'Oferta', status, opportunity_from: 'Lead', party_name: lead?.name });
    expect(await world.crm.followUp.record({ conversationId: conversation, connectionId: connection })).toMatchObject({
      name: 'Ada Lovelace',
      owner: 'palomar@example.com',
      status: 'Lead',
      openTickets: [{ title: 'Oferta', status: 'Quotation' }],
    });
  });

  it('writes to an employee only after a second yes, never makes one, and never by the number for emergencies', async () => {
    const { site, world, values } = await start();
    const connection = await world.connect('erpnext-employees', values);
    const employee = site.add('Employee', { employee_name: 'Lea Tamm', cell_number: '0049 151 23456701', company: 'Levante' });
    site.add('Employee', { employee_name: 'Mart Kask', emergency_phone_number: '+4915123456701' });
    const conversation = world.addConversation({ name: 'Lea', identifiers: [phone] });
    world.addMessage(conversation, { text: 'I am ill today' });
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    expect(preview).toMatchObject({ needsConfirmation: true, options: [{ title: 'Lea Tamm', reason: 'same-phone' }, { key: 'create' }] });
    const wish = { planId: preview.planId, targetKey: preview.suggestedKey ?? '', rememberOneClick: true };
    expect(() => world.crm.push(wish)).toThrow();
    await world.settled(world.crm.push({ ...wish, isConfirmed: true }).id);
    expect([...(site.documents.get('Comment')?.values() ?? [])]).toMatchObject([{ reference_doctype: 'Employee', reference_name: employee.name }]);
    expect(await world.crm.followUp.record({ conversationId: conversation, connectionId: connection })).toEqual({ name: 'Lea Tamm', status: 'Active' });

    const stranger = world.addConversation({ name: 'Nobody' });
    world.addMessage(stranger, { text: 'hello' });
    const other = await world.crm.plan({ conversationId: stranger, connectionId: connection });
    const push = world.crm.push({ planId: other.planId, targetKey: 'create', rememberOneClick: false, isConfirmed: true });
    expect(await world.settled(push.id)).toMatchObject({ state: 'needs-you', fault: { code: 'setup-incomplete' } });
    expect(site.documents.get('Employee')?.size).toBe(2);
  });

  it('says of a contact what its role may see, where issues are not among it', async () => {
    const { world, values } = await start({ forbidden: ['Issue'] });
    const connectionId = await world.connect('erpnext', values);
    const conversationId = world.addConversation({ name: 'Ada Lovelace' });
    world.addMessage(conversationId, { text: 'hello' });
    await world.pushAll(conversationId, connectionId);
    expect(await world.crm.followUp.record({ conversationId, connectionId })).toEqual({ name: 'Ada Lovelace', openTickets: [] });
  });

  it.each([
    ['the field is missing', { hasKeyField: false }, 'frappe-field-missing'],
    ['comments may not be read', { forbidden: ['Comment'] }, 'right-missing'],
  ])('says so where %s', async (_what, options, code) => {
    const { world, values } = await start(options);
    await expect(world.connect('erpnext', values)).rejects.toMatchObject({
      rpcError: { code: 'setup-incomplete', detail: expect.stringContaining(code) as string },
    });
  });
});
