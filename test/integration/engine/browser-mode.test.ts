import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { contentSecurityPolicy, fromColumns, type ConversationPage, type EngineFrame } from '#rpc';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';

const script = join(import.meta.dirname, '..', '..', '..', 'electron', 'engine', 'serve', 'main.ts');

interface Served {
  readonly link: string;
  readonly output: () => string;
  readonly exited: Promise<number | null>;
  readonly terminate: () => void;
}

const serve = async (profileDir: string): Promise<Served> => {
  const rendererDir = tempFolder('renderer');
  mkdirSync(join(rendererDir, 'assets'));
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html><title>Palomar</title>');
  const child = spawn(process.execPath, [script, '--profile', profileDir, '--renderer', rendererDir]);
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const link = await until(() => /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/.exec(output)?.[0], { label: 'the link' });
  return { link, output: () => output, exited, terminate: () => void child.kill('SIGTERM') };
};

it('shows sample data to the one browser that opened the link, and sends a file for it', async () => {
  const profileDir = tempFolder('browser');
  const served = await serve(profileDir);
  const { origin, host } = new URL(served.link);

  const opened = await fetch(served.link, { redirect: 'manual' });
  const cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const page = await fetch(`${origin}/`, { headers: { cookie } });
  expect(await page.text()).toContain('Palomar');
  expect(page.headers.get('content-security-policy')).toBe(contentSecurityPolicy);

  const socket = new WebSocket(`ws://${host}/engine`, { headers: { cookie, origin } });
  onTestFinished(() => socket.terminate());
  const answers = new Map<number, EngineFrame>();
  const events: string[] = [];
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as EngineFrame;
    if ('event' in frame) events.push(frame.event);
    else answers.set(frame.id, frame);
  });
  await new Promise((resolve) => socket.once('open', resolve));
  let lastId = 0;
  const call = async <Output>(method: string, input: unknown): Promise<Output> => {
    const id = (lastId += 1);
    socket.send(JSON.stringify({ id, method, input }));
    const answer = await until(() => answers.get(id), { label: method });
    if (!('output' in answer)) throw new Error(JSON.stringify(answer));
    return answer.output as Output;
  };

  expect(await call('app.start', {})).toMatchObject({ host: 'browser', protection: 'passphrase-unset' });
  await call('accounts.add', { bridgeId: 'demo', flowId: 'demo', values: {} });
  const chat = await until(async () => {
    const list = await call<ConversationPage>('conversations.list', { filter: {}, after: null, limit: 1 });
    return fromColumns(list.rows)[0];
  });
  expect(events).toContain('conversations.changed');

  const upload = await fetch(`${origin}/upload?name=hello.txt`, { method: 'POST', headers: { cookie, origin }, body: 'hello' });
  const { id: stagedId } = (await upload.json()) as { readonly id: string };
  const { ids } = await call<{ ids: number[] }>('messages.send', {
    conversationId: chat.id,
    clientId: crypto.randomUUID(),
    text: 'A file',
    replyToId: null,
    files: [stagedId],
  });
  const sent = await call<{ columns: { attachments: { id: number }[][] } }>('messages.get', { ids });
  const file = await fetch(`${origin}/files/${sent.columns.attachments[0]?.[0]?.id}`, { headers: { cookie } });
  expect(await file.text()).toBe('hello');
  expect(file.headers.get('content-disposition')).toContain('attachment');

  const log = readFileSync(join(profileDir, 'logs', 'engine.log'), 'utf8');
  expect(log).not.toContain(new URL(served.link).searchParams.get('token'));
  served.terminate();
  expect(await served.exited).toBe(0);
});

it('says in words that the profile is in use', async () => {
  const profileDir = tempFolder('browser');
  await serve(profileDir);
  const second = spawn(process.execPath, [script, '--profile', profileDir, '--renderer', profileDir]);
  onTestFinished(() => void second.kill('SIGKILL'));
  let output = '';
  second.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  expect(await new Promise((resolve) => second.once('exit', resolve))).toBe(1);
  expect(output).toContain('Another Palomar is open with this profile.');
});
