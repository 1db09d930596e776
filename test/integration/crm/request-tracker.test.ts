import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';
import { startRequestTracker } from '../../lab/index.ts';
import type { RequestTrackerServer } from '../../lab/index.ts';
import { openPushWorld, pdfBytes } from './support/push-world.ts';
import type { PushWorld } from './support/push-world.ts';

let server: RequestTrackerServer;
const open: PushWorld[] = [];

beforeAll(async () => {
  server = await startRequestTracker();
});
afterEach(async () => {
  for (const world of open.splice(0)) await world.stop();
});
afterAll(() => server.stop());

const values = (more: Readonly<Record<string, string>> = {}) => ({ url: server.baseUrl, token: server.token, queue: 'General', ...more });

function newWorld(): PushWorld {
  const world = openPushWorld({ profileDir: tempFolder('rt') });
  open.push(world);
  return world;
}

const newTicket = async (fields: Readonly<Record<string, unknown>>): Promise<string> =>
  ((await server.call('POST', '/ticket', { Queue: 'General', Subject: 'by hand', ...fields })) as { id: string }).id;

describe('finding a ticket', () => {
  it('takes the one open ticket with the number, not one with another or a closed one', async () => {
    const mine = await newTicket({ CustomFields: { Phone: '+34 600 123 456' } });
    const exact = await newTicket({ CustomFields: { Phone: '+34600123456' } });
    await newTicket({ CustomFields: { Phone: '+34600123457' } });
    const closed = await newTicket({ CustomFields: { Phone: '+34600123456' } });
    await server.call('PUT', `/ticket/${closed}`, { Status: 'resolved' });
    const world = newWorld();
    const connectionId = await world.connect('request-tracker', values());
    const conversationId = world.addConversation({ name: "O'Hara", identifiers: [{ kind: 'phone', value: '+34600123456' }, { kind: 'email', value: "o'hara@x.example" }] });
    world.addMessage(conversationId, { text: 'hola' });
    const preview = await world.crm.plan({ conversationId, connectionId });
    expect(preview).toMatchObject({ suggestedKey: `use:ticket:${exact}`, fault: null });
    expect(preview.options.map(({ key }) => key)).not.toContain(`use:ticket:${mine}`);
    const push = await world.pushAll(conversationId, connectionId);
    expect(push.url).toBe(`${server.baseUrl}/Ticket/Display.html?id=${exact}`);
  });
});

describe('a comment', () => {
  it('carries files of every name and kind unchanged', async () => {
    const world = newWorld();
    const connectionId = await world.connect('request-tracker', values());
    const conversationId = world.addConversation({ name: 'Files Person' });
    const files = [
      { name: '日本語.pdf', mime: 'application/pdf', bytes: pdfBytes(9_000, 'a') },
      { name: 'Überweisung ñ 😀.html', mime: 'text/html', bytes: Buffer.from('<script>alert("ü")</script>\r\n') },
      { name: `${'lang '.repeat(40)}ß.txt`, mime: 'text/plain', bytes: Buffer.from([0xff, 0xfe, 0x00, 0x41]) },
      { name: 'empty.bin', mime: 'application/x', bytes: Buffer.alloc(0) },
    ];
    for (const file of files) world.addMessage(conversationId, { text: 'file', file });
    const push = await world.pushAll(conversationId, connectionId);
    expect(push).toMatchObject({ state: 'done', fault: null });
    const ticket = /id=(\d+)/.exec(push.url ?? '')?.[1] ?? '';
    const { items } = (await server.call('GET', `/ticket/${ticket}/attachments?fields=Filename&per_page=100`)) as { items: { id: string; Filename: string }[] };
    const named = items.filter(({ Filename }) => Filename !== '');
    const hashes = await Promise.all(
      named.map(async ({ id }) => {
        const { Content } = (await server.call('GET', `/attachment/${id}`)) as { Content: string };
        return createHash('sha256').update(Buffer.from(Content, 'base64')).digest('hex');
      }),
    );
    const expected = files.slice(0, 3).map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'));
    expect(hashes).toEqual(expected);
    expect(named[0]?.Filename).toBe('日本語.pdf');
    expect(named[1]?.Filename).toBe('Überweisung ñ 😀.html');
    expect(named[2]?.Filename).toMatch(/^lang lang .*\.txt$/);
  });
});

describe('the set-up', () => {
  it('names each custom field that is missing and how to add it', async () => {
    const { items } = (await server.call('POST', '/customfields?fields=Name', [{ field: 'id', operator: '>', value: 0 }])) as {
      items: { id: string; Name: string }[];
    };
    const ours = items.filter(({ Name }) => ['Push ref', 'Phone', 'Chunk ref'].includes(Name));
    expect(ours).toHaveLength(3);
    for (const { id } of ours) await server.call('PUT', `/customfield/${id}`, { Disabled: 1 });
    try {
      const refusal: unknown = await newWorld()
        .crm.connect({ connectorId: 'request-tracker', name: 'RT', values: values() })
        .catch((error: unknown) => error);
      expect(refusal).toMatchObject({ rpcError: { code: 'setup-incomplete' } });
      const { detail } = (refusal as { rpcError: { detail: string } }).rpcError;
      for (const { Name } of ours) expect(detail).toContain(Name);
      expect(detail).toContain('queue General');
    } finally {
      for (const { id } of ours) await server.call('PUT', `/customfield/${id}`, { Disabled: 0 });
    }
  });

  it.each([
    ['a wrong token', { token: '1-14-00000000000000000000000000000000' }, 'needs-login'],
    ['a queue that is not there', { queue: 'Nope' }, 'setup-incomplete'],
  ])('says so for %s', async (_, wrong, code) => {
    await expect(newWorld().crm.connect({ connectorId: 'request-tracker', name: 'RT', values: values(wrong) })).rejects.toMatchObject({ rpcError: { code } });
  });
});

describe('the customer', () => {
  it('gets no mail from ten pushes; the trap for mails works (T16)', async () => {
    const before = await server.outgoingMailCount();
    const world = newWorld();
    const connectionId = await world.connect('request-tracker', values());
    const conversationId = world.addConversation({ name: 'No Mail', identifiers: [{ kind: 'email', value: 'no.mail@levante.example' }] });
    for (let push = 0; push < 10; push += 1) {
      world.addMessage(conversationId, { text: `mensaje ${push}` });
      expect((await world.pushAll(conversationId, connectionId)).state).toBe('done');
    }
    expect(await server.outgoingMailCount()).toBe(before);
    await newTicket({ Requestor: 'customer@levante.example', Content: 'this one is answered by the default scrip' });
    await until(async () => (await server.outgoingMailCount()) > before, { label: 'the automatic reply' });
  });
});
