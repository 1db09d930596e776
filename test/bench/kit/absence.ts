/** Five thousand messages that came while nobody was there: filled in, read by us, read by the least client there can be. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { bridgeId } from '#model';
import type { AccountState } from '#rpc';
import { createXmppBridge } from '../../../bridges/xmpp/index.ts';
import type { XmppServer } from '../../lab/index.ts';
import { generateMessages } from './generate.ts';
import { startLocalEngine, type LocalEngine } from './local-engine.ts';
import { rawCatchUp } from './raw-catch-up.ts';
import { RawXmpp } from './raw-xmpp.ts';
import { makeScratch, removeScratch } from './scratch.ts';

export type BenchServer = Pick<XmppServer, 'host' | 'domain' | 'c2sPort' | 'directTlsPort' | 'caPem' | 'register'>;

const senderCount = 20;
const perSender = 250;
export const messageCount = senderCount * perSender;
export const password = 'bench';
const vaultKey = randomBytes(32);
const onlineTimeoutMs = 60_000;

const start = (server: BenchServer, profileDir: string): Promise<LocalEngine> =>
  startLocalEngine({ profileDir, bridges: [createXmppBridge({ ca: server.caPem })], vaultKey });

/** Resolves when the account has everything its server has. */
const whenOnline = (engine: LocalEngine, onState: (state: AccountState) => void = () => undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the account did not come online')), onlineTimeoutMs);
    engine.on('accounts.changed', ({ accounts }) => {
      const state = accounts[0]?.state ?? 'offline';
      onState(state);
      if (state !== 'online') return;
      clearTimeout(timer);
      resolve();
    });
  });

/** An account that was online once, before the absence. */
export async function addAbsentAccount(server: BenchServer, profileDir: string): Promise<void> {
  const engine = await start(server, profileDir);
  const online = whenOnline(engine);
  await sendAs(server, 'early', ['hello']);
  const values = { address: `desk@${server.domain}`, password, host: server.host, port: String(server.c2sPort) };
  await engine.call('accounts.add', { bridgeId: bridgeId('xmpp'), flowId: 'password', values });
  await online;
  await engine.stop();
}

/** What comes meanwhile, for `to`. */
export async function fillArchive(server: BenchServer, to = 'desk'): Promise<void> {
  const texts = [...generateMessages(3, messageCount)].map(({ text }) => text);
  for (let sender = 0; sender < senderCount; sender += 1) {
    await sendAs(server, `customer-${sender}`, texts.slice(sender * perSender, (sender + 1) * perSender), to);
  }
}

/** Makes those who will write contacts of `user`, so that their conversations stand in the list. */
export async function befriendSenders(server: BenchServer, user: string, userPassword: string): Promise<void> {
  const client = await RawXmpp.login(server, user, userPassword);
  for (let sender = 0; sender < senderCount; sender += 1) {
    const jid = `customer-${sender}@${server.domain}`;
    client.write(`<iq type='set' id='contact-${sender}'><query xmlns='jabber:iq:roster'><item jid='${jid}' name='Customer ${sender}'/></query></iq>`);
    await client.until(`id='contact-${sender}'`);
  }
  client.close();
}

async function sendAs(server: BenchServer, user: string, texts: readonly string[], to = 'desk'): Promise<void> {
  await server.register(user, password);
  const client = await RawXmpp.login(server, user, password);
  for (const [index, text] of texts.entries()) {
    const id = `${user}-${index}-${randomBytes(8).toString('hex')}`;
    client.write(`<message to='${to}@${server.domain}' type='chat' id='${id}'><body>${text}</body></message>`);
  }
  // Answered after everything that went before it.
  client.write(`<iq type='get' id='last' to='${server.domain}'><ping xmlns='urn:xmpp:ping'/></iq>`);
  await client.until(`id='last'`);
  client.close();
}

export async function rawRun(server: BenchServer, folder: string): Promise<void> {
  const stored = await rawCatchUp(server, 'desk', password, join(folder, 'raw.db'));
  if (stored < messageCount) throw new Error(`the raw socket stored ${stored} messages`);
}

export interface AbsenceTimes {
  readonly wholeMs: number;
  readonly readingMs: number;
  /** Of this process, from its start of the engine: steadier than the clock on a busy machine. */
  readonly cpuMs: number;
}

/** Milliseconds from the start of the engine, and from the first question to the archive, until all is stored. */
export async function ourRun(server: BenchServer, profileDir: string): Promise<AbsenceTimes> {
  const startedAtMs = performance.now();
  const cpuBefore = process.cpuUsage();
  let readingSinceMs: number | null = null;
  const engine = await start(server, profileDir);
  await whenOnline(engine, (state) => {
    if (state === 'catching-up') readingSinceMs ??= performance.now();
  });
  const endedAtMs = performance.now();
  const cpu = process.cpuUsage(cpuBefore);
  await engine.stop();
  const db = new Database(join(profileDir, 'palomar.db'), { readonly: true });
  const stored = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM messages').get()?.n ?? 0;
  db.close();
  if (stored < messageCount) throw new Error(`the engine stored ${stored} messages`);
  return { wholeMs: endedAtMs - startedAtMs, readingMs: endedAtMs - (readingSinceMs ?? startedAtMs), cpuMs: (cpu.user + cpu.system) / 1_000 };
}

export async function onFolder<Result>(run: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = makeScratch('catch-up');
  try {
    return await run(folder);
  } finally {
    removeScratch(folder);
  }
}
