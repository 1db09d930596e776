import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fillTemplate } from '../../../electron/engine/crm/webhook/fill-template.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { openPushWorld, pdfBytes } from '../../integration/crm/support/push-world.ts';
import type { PushWorld } from '../../integration/crm/support/push-world.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const secret = `whsec_${Buffer.from('a key of the receiver, canary').toString('base64')}`;

type Event = Readonly<Record<string, string>>;
interface Receiver {
  readonly url: string;
  /** Each once, as a receiver that knows its keys keeps them. */
  readonly events: Event[];
  readonly requests: { readonly id: string; readonly body: string }[];
  readonly complaints: string[];
  /** Answers for the next requests: a status, or `cut` after the work was done. */
  readonly answers: (number | 'cut')[];
}

/** A receiver after the book: checks signature, age and form of everything, and keeps each key once. */
async function startReceiver(): Promise<Receiver> {
  const receiver = { events: [] as Event[], requests: [] as { id: string; body: string }[], complaints: [] as string[], answers: [] as (number | 'cut')[] };
  const known = new Set<string>();
  const server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (part: string) => (body += part));
    incoming.on('end', () => {
      const header = (name: string): string => String(incoming.headers[name] ?? '');
      const [id, at] = [header('webhook-id'), header('webhook-timestamp')];
      const expected = createHmac('sha256', 'a key of the receiver, canary').update(`${id}.${at}.${body}`).digest('base64');
      if (incoming.method !== 'POST' || incoming.url !== '/hooks/palomar') receiver.complaints.push(`${incoming.method} ${incoming.url}`);
      if (header('webhook-signature') !== `v1,${expected}`) return void outgoing.writeHead(401).end();
      if (Math.abs(Date.now() / 1000 - Number(at)) > 300) receiver.complaints.push('too old');
      if (header('idempotency-key') !== id || header('content-type') !== 'application/json') receiver.complaints.push(`headers of ${id}`);
      receiver.requests.push({ id, body });
      const answer = receiver.answers.shift() ?? 204;
      if ((answer === 'cut' || answer < 300 || answer === 409) && !known.has(id)) {
        known.add(id);
        receiver.events.push(JSON.parse(body) as Event);
      }
      if (answer === 'cut') incoming.socket.destroy();
      else outgoing.writeHead(answer, answer === 429 ? { 'retry-after': '1' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))));
  return { ...receiver, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/palomar` };
}

async function scene(more: Readonly<Record<string, string>> = {}) {
  const receiver = await startReceiver();
  const world: PushWorld = openPushWorld({ profileDir: tempFolder('webhook') });
  closing.unshift(() => world.stop());
  const connection = await world.connect('webhook', { url: receiver.url, signingSecret: secret, ...more });
  const conversation = world.addConversation({ name: 'Marta "R" {{key}}', identifiers: [{ kind: 'phone', value: '+34600123456' }] });
  world.addMessage(conversation, { text: 'Grüße 😀 {{fileBase64}} "quoted"' });
  return { receiver, world, connection, conversation };
}

describe('the webhook', () => {
  it('sends conversation, note and file once each, signed, the bytes of the preview (T1, T19)', async () => {
    const { receiver, world, connection, conversation } = await scene();
    const bytes = pdfBytes(200_000);
    world.addMessage(conversation, { text: 'oferta', file: { name: 'oferta ñ.pdf', bytes } });
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    const push = await world.settled(world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: true }).id);
    expect(push).toMatchObject({ state: 'done', fault: null, fileCount: 1 });
    expect(receiver.complaints).toEqual([]);
    expect(receiver.events.map(({ event }) => event)).toEqual(['ping', 'conversation', 'note', 'file']);
    const [, opened, note, file] = receiver.events;
    expect(opened).toMatchObject({ phone: '+34600123456', person: 'Marta "R" {{key}}', network: 'XMPP' });
    expect(createHash('sha256').update(note?.['text'] ?? '').digest('hex')).toBe(preview.parts[0]?.bodySha256);
    expect([note?.['conversation'], file?.['conversation']]).toEqual([opened?.['key'], opened?.['key']]);
    const hash = createHash('sha256').update(bytes).digest('hex');
    expect([file?.['sha256'], createHash('sha256').update(Buffer.from(file?.['fileBase64'] ?? '', 'base64')).digest('hex')]).toEqual([hash, hash]);

    world.addMessage(conversation, { text: 'otra cosa' });
    await world.pushAll(conversation, connection);
    expect(receiver.events).toHaveLength(5);
    expect(receiver.events[4]?.['text']).toContain('otra cosa');
    expect(receiver.events[4]?.['text']).not.toContain('oferta');
  });

  it.each(['cut', 500, 408, 429] as const)('sends again under the same key after %s', async (answer) => {
    const { receiver, world, connection, conversation } = await scene();
    receiver.answers.push(204, answer);
    expect(await world.pushAll(conversation, connection)).toMatchObject({ state: 'done' });
    const [first, second] = receiver.requests.slice(2);
    expect(second).toEqual(first);
    expect(receiver.events.map(({ event }) => event)).toEqual(['ping', 'conversation', 'note']);
  });

  it('takes 409 for delivered', async () => {
    const { receiver, world, connection, conversation } = await scene();
    receiver.answers.push(409, 409);
    expect(await world.pushAll(conversation, connection)).toMatchObject({ state: 'done' });
  });

  it.each([[400, 'rejected'], [403, 'forbidden'], [413, 'too-large'], [401, 'needs-login']] as const)('asks the person after %s', async (answer, code) => {
    const { receiver, world, connection, conversation } = await scene();
    receiver.answers.push(answer);
    expect(await world.pushAll(conversation, connection)).toMatchObject({ state: 'needs-you', fault: { code } });
    expect(receiver.requests).toHaveLength(2);
  });

  it('fills a template, and no text of a stranger gets out of its string', async () => {
    const { receiver, world, connection, conversation } = await scene({ template: '{"kind": "{{event}}", "data": {"n": ["{{text}}", 7]}, "x": "{{unknown}}"}' });
    await world.pushAll(conversation, connection);
    const note = receiver.events[2] as unknown as { kind: string; data: { n: [string, number] }; x: string };
    expect([note.kind, note.data.n[1], note.x]).toEqual(['note', 7, '{{unknown}}']);
    expect(note.data.n[0]).toContain('Grüße 😀 {{fileBase64}} "quoted"');
    expect(fillTemplate('{"a": "{{text}}"}', { text: '"}, {{text}}' })).toEqual({ a: '"}, {{text}}' });
    expect(fillTemplate('{"a": "{{constructor}}"}', {})).toEqual({ a: '{{constructor}}' });
  });

  it('refuses a wrong secret and a template that is no JSON object, at once', async () => {
    const { world, receiver } = await scene();
    const connect = (values: Readonly<Record<string, string>>) => world.crm.connect({ connectorId: 'webhook', name: 'w', values: { url: receiver.url, signingSecret: secret, ...values } });
    await expect(connect({ signingSecret: 'wrong' })).rejects.toMatchObject({ rpcError: { code: 'needs-login' } });
    for (const template of ['{', '[]', 'null', '"x"']) await expect(connect({ template })).rejects.toMatchObject({ rpcError: { code: 'rejected' } });
  });
});
