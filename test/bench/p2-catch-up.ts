/** P2: back after an absence with 5,000 messages in the archive of a real Prosody, beside a raw socket that fetches them. */
import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { bridgeId } from '#model';
import Database from 'better-sqlite3';
import { createXmppBridge } from '../../bridges/xmpp/index.ts';
import { startProsody, type ProsodyServer } from '../lab/index.ts';
import { generateMessages } from './kit/generate.ts';
import { startLocalEngine, type LocalEngine } from './kit/local-engine.ts';
import { interleave, timeMs } from './kit/measure.ts';
import { rawCatchUp } from './kit/raw-catch-up.ts';
import { RawXmpp } from './kit/raw-xmpp.ts';
import type { BenchRow } from './kit/row.ts';
import { makeScratch, removeScratch } from './kit/scratch.ts';

const senderCount = 20;
const perSender = 250;
const messageCount = senderCount * perSender;
const turns = 5;
const password = 'bench';
const vaultKey = randomBytes(32);
const onlineTimeoutMs = 60_000;

export async function measure(): Promise<BenchRow[]> {
  const server = await startProsody();
  const template = makeScratch('absent');
  try {
    await server.register('desk', password);
    await addAccount(server, template);
    await fillArchive(server);
    const { yardstick, subject } = await interleave(
      turns,
      () => onFolder(async (folder) => timeMs(() => rawRun(server, folder))),
      () => onFolder(async (folder) => {
        cpSync(template, folder, { recursive: true });
        return ourRun(server, folder);
      }),
    );
    return [
      {
        id: 'P2-catch-up',
        title: 'back after an absence: 5,000 messages from Prosody into the store, against a raw socket',
        value: subject / yardstick,
        unit: '×',
        target: { is: 'at most', bound: 1.5, goal: 1.3 },
        note: `raw socket ${yardstick.toFixed(0)} ms, engine from its start ${subject.toFixed(0)} ms (${((messageCount / subject) * 1_000).toFixed(0)} messages/s); both with TLS, pages of 250, median of ${turns}`,
      },
    ];
  } finally {
    removeScratch(template);
    await server.stop();
  }
}

const start = (server: ProsodyServer, profileDir: string): Promise<LocalEngine> =>
  startLocalEngine({ profileDir, bridges: [createXmppBridge({ ca: server.caPem })], vaultKey });

/** Resolves when the account has everything its server has. */
const whenOnline = (engine: LocalEngine): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the account did not come online')), onlineTimeoutMs);
    engine.on('accounts.changed', ({ accounts }) => {
      if (accounts[0]?.state !== 'online') return;
      clearTimeout(timer);
      resolve();
    });
  });

/** An account that was online once, before the absence. */
async function addAccount(server: ProsodyServer, profileDir: string): Promise<void> {
  const engine = await start(server, profileDir);
  const online = whenOnline(engine);
  await sendAs(server, 'early', ['hello']);
  const values = { address: `desk@${server.domain}`, password, host: server.host, port: String(server.c2sPort) };
  await engine.call('accounts.add', { bridgeId: bridgeId('xmpp'), flowId: 'password', values });
  await online;
  await engine.stop();
}

async function fillArchive(server: ProsodyServer): Promise<void> {
  const texts = [...generateMessages(3, messageCount)].map(({ text }) => text);
  for (let sender = 0; sender < senderCount; sender += 1) {
    await sendAs(server, `customer-${sender}`, texts.slice(sender * perSender, (sender + 1) * perSender));
  }
}

async function sendAs(server: ProsodyServer, user: string, texts: readonly string[]): Promise<void> {
  await server.register(user, password);
  const client = await RawXmpp.login(server, user, password);
  for (const [index, text] of texts.entries()) {
    const id = `${user}-${index}-${randomBytes(8).toString('hex')}`;
    client.write(`<message to='desk@${server.domain}' type='chat' id='${id}'><body>${text}</body></message>`);
  }
  // Answered after everything that went before it.
  client.write(`<iq type='get' id='last' to='${server.domain}'><ping xmlns='urn:xmpp:ping'/></iq>`);
  await client.until(`id='last'`);
  client.close();
}

async function rawRun(server: ProsodyServer, folder: string): Promise<void> {
  const stored = await rawCatchUp(server, 'desk', password, join(folder, 'raw.db'));
  if (stored < messageCount) throw new Error(`the raw socket stored ${stored} messages`);
}

async function ourRun(server: ProsodyServer, profileDir: string): Promise<number> {
  let engine: LocalEngine | undefined;
  const tookMs = await timeMs(async () => {
    engine = await start(server, profileDir);
    await whenOnline(engine);
  });
  await engine?.stop();
  const db = new Database(join(profileDir, 'palomar.db'), { readonly: true });
  const stored = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM messages').get()?.n ?? 0;
  db.close();
  if (stored < messageCount) throw new Error(`the engine stored ${stored} messages`);
  return tookMs;
}

async function onFolder(run: (folder: string) => Promise<number>): Promise<number> {
  const folder = makeScratch('catch-up');
  try {
    return await run(folder);
  } finally {
    removeScratch(folder);
  }
}
