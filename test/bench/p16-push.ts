/** P16: planning a push, what a push adds to the server's own time, and a thousand queued pushes over a kill. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Connector } from '../../electron/engine/crm/connector.ts';
import { redmine } from '../../electron/engine/crm/redmine/redmine.ts';
import { runTransaction } from '../../electron/engine/store/transaction.ts';
import { openPushWorld } from '../integration/crm/support/push-world.ts';
import { startRedmine } from '../lab/index.ts';
import { createMemoryCrm } from '../unit/crm/memory-crm.ts';
import { cpuMs, median, percentile } from './kit/measure.ts';
import type { BenchRow } from './kit/row.ts';

const plans = 60;
const warmUps = 5;
const messagesEach = 500;
const pushes = 25;
const queued = 1000;

export async function measure(): Promise<BenchRow[]> {
  return [await planAndFreeze(), await besideServer(), await drainAfterKill()];
}

const folder = (name: string): string => mkdtempSync(join(tmpdir(), `palomar-${name}-`));

async function planAndFreeze(): Promise<BenchRow> {
  const profileDir = folder('bench-plan');
  const world = openPushWorld({ profileDir, connectors: [createMemoryCrm().connector] });
  const connectionId = await world.connect('memory', { password: 'x' });
  const conversationId = world.addConversation({ name: 'Marta Ruiz' });
  runTransaction(world.db, () => {
    for (let index = 0; index < messagesEach; index += 1) {
      world.addMessage(conversationId, { text: `Mensaje ${index}: ¿podéis mejorar el precio de 40 unidades? Cuenta ES91 2100 0418 4502 0005 1332`, isOwn: index % 3 === 0 });
    }
  });
  const tookMs: number[] = [];
  for (let index = 0; index < plans + warmUps; index += 1) {
    let masked = 0;
    const usedMs = await cpuMs(async () => {
      masked = (await world.crm.plan({ conversationId, connectionId })).masks?.length ?? 0;
    });
    if (masked !== messagesEach) throw new Error('not the plan that was meant');
    if (index >= warmUps) tookMs.push(usedMs);
  }
  await world.stop();
  rmSync(profileDir, { recursive: true, force: true });
  return {
    id: 'P16-plan-500',
    title: `plan and freeze a conversation of ${messagesEach} messages, processor time, median`,
    value: median(tookMs),
    unit: 'ms',
    target: { is: 'at most', bound: 50 },
    note: `p95 ${percentile(tookMs, 0.95).toFixed(1)} ms; each text looked through for what is hidden; the CRM answers at once`,
  };
}

/** Whole pushes into a Redmine: what is not spent waiting for its answers is ours, the ledger's writes to the disk included. */
async function besideServer(): Promise<BenchRow> {
  const server = await startRedmine();
  let askedMs = 0;
  const timed = <Arguments extends readonly unknown[], Answer>(call: (...given: Arguments) => Promise<Answer>) => async (...given: Arguments): Promise<Answer> => {
    const startedAtMs = performance.now();
    try {
      return await call(...given);
    } finally {
      askedMs += performance.now() - startedAtMs;
    }
  };
  const { findByKey, findNotes, append, createContainer } = redmine;
  if (createContainer === undefined) throw new Error('Redmine makes issues');
  const connector: Connector = { ...redmine, findByKey: timed(findByKey), findNotes: timed(findNotes), append: timed(append), createContainer: timed(createContainer) };
  const profileDir = folder('bench-beside');
  const world = openPushWorld({ profileDir, connectors: [connector] });
  const connectionId = await world.connect('redmine', { url: server.baseUrl, token: server.token, project: server.project });
  const theirsMs: number[] = [];
  const oursMs: number[] = [];
  for (let index = 0; index <= pushes; index += 1) {
    const conversationId = world.addConversation({ name: `Customer ${index}` });
    for (let message = 0; message < 20; message += 1) world.addMessage(conversationId, { text: `mensaje ${message}` });
    const preview = await world.crm.plan({ conversationId, connectionId });
    askedMs = 0;
    const startedAtMs = performance.now();
    const { id } = world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: false });
    const settledAtMs = await settled(world.pushes, id);
    if (index === 0) continue;
    theirsMs.push(askedMs);
    oursMs.push(settledAtMs - startedAtMs - askedMs);
  }
  await world.stop();
  await server.stop();
  rmSync(profileDir, { recursive: true, force: true });
  return {
    id: 'P16-push-overhead',
    title: 'what a push adds to the time of a Redmine for the same requests, median',
    value: (median(oursMs) / median(theirsMs)) * 100,
    unit: '%',
    target: { is: 'at most', bound: 10 },
    note: `Redmine ${median(theirsMs).toFixed(0)} ms, ours ${median(oursMs).toFixed(1)} ms; ${pushes} first pushes of 20 messages, every step on the disk before it leaves`,
  };
}

/** When the push was done, looked at every millisecond. */
async function settled(told: readonly { readonly id: number; readonly state: string }[], id: number): Promise<number> {
  const isOver = (): boolean => told.some((push) => push.id === id && (push.state === 'done' || push.state === 'needs-you'));
  while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 1));
  if (told.some((push) => push.id === id && push.state === 'needs-you')) throw new Error('the push needs a person');
  return performance.now();
}

async function drainAfterKill(): Promise<BenchRow> {
  const profileDir = folder('bench-drain');
  const file = join(profileDir, 'written.jsonl');
  const child = fileURLToPath(new URL('./kit/push-drain.ts', import.meta.url));
  const start = () => spawn(process.execPath, [child, profileDir, String(queued), file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const first = start();
  const written = (): number => {
    try {
      return readFileSync(file, 'utf8').split('\n').length - 1;
    } catch {
      return 0;
    }
  };
  while (written() < queued / 2) {
    if (first.exitCode !== null) throw new Error('it ended before the kill');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  first.kill('SIGKILL');
  await new Promise((resolve) => first.once('close', resolve));
  const atKill = written();
  const startedAtMs = performance.now();
  const second = start();
  const code = await new Promise<number | null>((resolve) => second.once('close', resolve));
  const tookMs = performance.now() - startedAtMs;
  const lines = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { key: string; parent: string; text: string });
  const titles = lines.filter(({ parent }) => parent === '').map(({ text }) => text);
  const notes = lines.filter(({ parent }) => parent !== '');
  const isInOrder = titles.every((title, index) => title === `Customer ${String(index).padStart(4, '0')}`);
  const isWhole = code === 0 && titles.length === queued && notes.length === queued && new Set(lines.map(({ key }) => key)).size === queued * 2;
  rmSync(profileDir, { recursive: true, force: true });
  if (!isInOrder || !isWhole) throw new Error(`after the kill: ${titles.length} records, ${notes.length} notes, in order: ${String(isInOrder)}, ended with ${String(code)}`);
  return {
    id: 'P16-drain-1000',
    title: `${queued.toLocaleString('en')} queued pushes after a kill in their midst, each once and in order: time for one of the rest`,
    value: tookMs / (queued - atKill / 2),
    unit: 'ms',
    target: { is: 'at most', bound: 50 },
    note: `killed after ${atKill} objects of ${queued * 2}; the rest took ${(tookMs / 1000).toFixed(1)} s with the start; ${notes.length} notes, none twice`,
  };
}
