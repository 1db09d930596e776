import { createHash } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ConnectorError } from '../../../electron/engine/crm/errors.ts';
import { mailServerOf, refusalOf } from '../../../electron/engine/crm/mail/submit.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';
import { startSmtp } from '../../lab/index.ts';
import type { ReceivedMail, SmtpServer } from '../../lab/index.ts';
import { newWorkspaceKey, openPushWorld, pdfBytes } from './support/push-world.ts';
import type { PushWorld, PushWorldOptions } from './support/push-world.ts';

let server: SmtpServer;
const trusted = getCACertificates('default');
const open: PushWorld[] = [];
let scenes = 0;

beforeAll(async () => {
  server = await startSmtp();
  setDefaultCACertificates([...trusted, server.caPem]);
});
afterEach(async () => {
  for (const world of open.splice(0)) await world.stop();
});
afterAll(async () => {
  setDefaultCACertificates(trusted);
  await server.stop();
});

const formOf = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  dropAddress: 'inbox@crm.example',
  senderAddress: 'marta@palomar.example',
  mailServer: server.host,
  mailPort: String(server.tlsPort),
  mailEncryption: 'tls',
  user: server.user,
  password: server.password,
  ...more,
});

async function scene(more: Readonly<Record<string, string>> = {}, options: Partial<PushWorldOptions> = {}) {
  scenes += 1;
  const dropAddress = more['dropAddress'] ?? `inbox-${scenes}@crm.example`;
  const world = openPushWorld({ profileDir: tempFolder('mail'), ...options });
  open.push(world);
  const connection = await world.connect('mail-drop', formOf({ ...more, dropAddress }));
  const conversation = world.addConversation({ name: 'Marta, "R" <x@evil.example>', identifiers: [{ kind: 'phone', value: '+34600123456' }] });
  world.addMessage(conversation, { text: 'Grüße, señor 😀 مرحبا\r\nBcc: victim@evil.example\n.\n[ref:x]' });
  const mails = (): readonly ReceivedMail[] => server.mails().filter(({ to }) => to.includes(dropAddress));
  return { world, connection, conversation, mails };
}

const idOf = (mail: ReceivedMail | undefined): string => mail?.headers['message-id'] ?? '';

describe('e-mail to a CRM on a real mail server', () => {
  it('opens a thread with a vCard, answers it with the bytes of the preview and the files, to the drop address alone', async () => {
    const { world, connection, conversation, mails } = await scene();
    const bytes = pdfBytes(200_000);
    world.addMessage(conversation, { text: 'la oferta', file: { name: 'oferta 2026-118 ñ.pdf', bytes } });
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    const push = await world.settled(world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: true }).id);
    expect(push).toMatchObject({ state: 'done', fault: null, fileCount: 1 });
    const [opened, note, ...more] = mails();
    expect(more).toEqual([]);
    expect(note?.text).toBe(preview.parts[0]?.text);
    expect(note?.files).toMatchObject([{ name: 'oferta 2026-118 ñ.pdf', type: 'application/pdf', sha256: createHash('sha256').update(bytes).digest('hex') }]);
    expect(opened?.files[0]?.text).toContain('TEL;VALUE=uri;TYPE=cell:tel:+34600123456\r\n');
    expect(opened?.files[0]?.text).toContain('FN:Marta\\, "R" <x@evil.example>\r\n');
    expect([note?.headers['in-reply-to'], note?.headers['references']]).toEqual([idOf(opened), idOf(opened)]);
    expect(idOf(note)).toMatch(/^<pal1\.[a-z2-7]{16}\.[a-z2-7]{10}@palomar\.example>$/);
    for (const mail of mails()) {
      expect(mail).toMatchObject({ isEncrypted: true, user: server.user, from: 'marta@palomar.example', defects: [] });
      expect(mail.to).toHaveLength(1);
      expect(Object.keys(mail.headers)).not.toEqual(expect.arrayContaining(['bcc']));
      expect(mail.headers['cc']).toBeUndefined();
      expect(JSON.stringify(mail.headers)).not.toContain(server.password);
    }
  });

  it('sends what is new as an answer of its own, over STARTTLS too', async () => {
    const { world, connection, conversation, mails } = await scene({ mailPort: String(server.startTlsPort), mailEncryption: 'starttls' });
    await world.pushAll(conversation, connection);
    world.addMessage(conversation, { text: 'otra cosa' });
    await world.pushAll(conversation, connection);
    const [opened, first, second] = mails();
    expect(mails()).toHaveLength(3);
    expect(mails().every(({ isEncrypted }) => isEncrypted)).toBe(true);
    expect(second?.text).toContain('otra cosa');
    expect(second?.text).not.toContain('señor');
    expect(second?.headers['in-reply-to']).toBe(idOf(opened));
    expect(idOf(second)).not.toBe(idOf(first));
  });

  it('sends a mail whose answer was lost again under the same Message-ID', async () => {
    const { world, connection, conversation, mails } = await scene({ dropAddress: 'cut@crm.example' });
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: true });
    await until(() => world.pushes.find(({ state }) => state === 'done'), { label: 'the second attempt' });
    expect(mails()).toHaveLength(3);
    expect(idOf(mails()[0])).toBe(idOf(mails()[1]));
    expect(new Set(mails().map(idOf)).size).toBe(2);
  });

  it('names the same mail the same on another device of the team', async () => {
    const workspaceKey = newWorkspaceKey();
    const ids: string[][] = [];
    for (const dropAddress of ['team-a@crm.example', 'team-b@crm.example']) {
      const { world, connection, mails } = await scene({ dropAddress }, { workspaceKey });
      const conversation = world.addConversation({ name: 'Jordi', handle: 'jordi@levante.example' });
      world.addMessage(conversation, { text: 'hola', atMs: Date.UTC(2026, 10, 20, 9) });
      await world.pushAll(conversation, connection);
      ids.push(mails().map(idOf));
    }
    expect(ids[0]).toHaveLength(2);
    expect(ids[0]).toEqual(ids[1]);
  });

  it('waits while the server is down and delivers after a restart', async () => {
    const { world, connection, conversation, mails } = await scene();
    await world.pushAll(conversation, connection);
    await server.kill();
    world.addMessage(conversation, { text: 'primero' });
    const { push } = await world.crm.pushNow({ conversationId: conversation, connectionId: connection });
    await until(() => world.pushes.find(({ id, state, fault }) => id === push?.id && state === 'waiting' && fault?.code === 'offline'));
    await server.restart();
    expect((await world.settled(push?.id ?? (0 as never))).state).toBe('done');
    expect(mails()).toHaveLength(3);
  });

  it('waits for a server that says "later", and asks the person when it refuses the address', async () => {
    const later = await scene({ dropAddress: 'later@crm.example' });
    const plan = await later.world.crm.plan({ conversationId: later.conversation, connectionId: later.connection });
    later.world.crm.push({ planId: plan.planId, targetKey: 'create', rememberOneClick: true });
    const waiting = await until(() => later.world.pushes.find(({ fault }) => fault !== null));
    expect([waiting.state, waiting.fault?.code]).toEqual(['waiting', 'rate-limited']);
    const refused = await scene({ dropAddress: 'refused@crm.example' });
    const push = await refused.world.pushAll(refused.conversation, refused.connection);
    expect([push.state, push.fault?.code]).toEqual(['needs-you', 'rejected']);
    expect([...later.mails(), ...refused.mails()]).toEqual([]);
  });

  it.each([
    ['a wrong password', () => ({ password: 'wrong' }), 'needs-login'],
    ['a server without encryption', () => ({ mailPort: String(server.plainPort), mailEncryption: 'starttls' }), 'no-encryption'],
    ['TLS from the start where STARTTLS is spoken', () => ({ mailPort: String(server.startTlsPort), mailEncryption: 'tls' }), 'no-encryption'],
    ['a sender that is more than an address', () => ({ senderAddress: 'a@b.example>\r\nRCPT TO:<x@evil.example' }), 'rejected'],
    ['two drop addresses', () => ({ dropAddress: 'a@b.example, x@evil.example' }), 'rejected'],
    ['the port between servers', () => ({ mailPort: '25' }), 'rejected'],
  ])('refuses %s when it is connected', async (_what, more, code) => {
    const world = openPushWorld({ profileDir: tempFolder('mail-refused') });
    open.push(world);
    await expect(world.connect('mail-drop', formOf(more()))).rejects.toMatchObject({ rpcError: { code } });
    expect(world.crm.connections()).toEqual([]);
  });

  it('refuses a certificate that nobody vouches for', async () => {
    setDefaultCACertificates(trusted);
    const world = openPushWorld({ profileDir: tempFolder('mail-certificate') });
    open.push(world);
    await expect(world.connect('mail-drop', formOf())).rejects.toMatchObject({ rpcError: { code: 'certificate-invalid' } });
    setDefaultCACertificates([...trusted, server.caPem]);
  });

  it('takes the kind of encryption from the port unless it is said', () => {
    const isImplicit = (values: Record<string, string>): boolean => mailServerOf({ mailServer: 'smtp.example', ...values }).isImplicitTls;
    expect([isImplicit({}), isImplicit({ mailPort: '587' }), isImplicit({ mailPort: '587', mailEncryption: 'auto' })]).toEqual([true, false, false]);
    expect(mailServerOf({ mailServer: 'smtp.example', mailEncryption: 'starttls' })).toMatchObject({ port: 587, isImplicitTls: false });
    expect(mailServerOf({ mailServer: 'smtp.example', mailEncryption: 'auto' })).toMatchObject({ port: 465, isImplicitTls: true });
  });

  it('sorts refusals by whether the mail may have been taken', () => {
    const codeOf = (facts: object): string => refusalOf(Object.assign(new Error('x'), facts), 'smtp.example').code;
    expect(codeOf({ code: 'ESOCKET', originalCode: 'ECONNREFUSED' })).toBe('offline');
    expect(codeOf({ code: 'ECONNECTION' })).toBe('server-unreachable');
    expect(codeOf({ code: 'ETIMEDOUT' })).toBe('server-unreachable');
    expect(codeOf({ code: 'EMESSAGE', responseCode: 552 })).toBe('too-large');
    expect(codeOf({ code: 'EAUTH', responseCode: 454 })).toBe('rate-limited');
    expect(refusalOf('odd', 'smtp.example')).toBeInstanceOf(ConnectorError);
  });
});
