/**
 * Our account in a process of its own, to be killed: `node account-process.ts FOLDER`, with `account.json` in it.
 * Whatever the bridge emits is appended to `journal.jsonl`, batch and saved state in one line, as the engine's store
 * would take it in one transaction. Messages to send come as JSON lines on stdin; answers go to stdout.
 */
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { toFault, type BridgeEvent, type BridgeHost, type Json, type LoginResult } from '#bridge';
import { accountId, type OutgoingMessage } from '#model';
import { matrixBridge } from '../../../bridges/matrix/index.ts';

export interface JournalLine {
  readonly events: readonly BridgeEvent[];
  readonly savedState?: Json;
}

const [folder = ''] = process.argv.slice(2);
const journalPath = join(folder, 'journal.jsonl');
const login = JSON.parse(readFileSync(join(folder, 'account.json'), 'utf8')) as LoginResult;
/** As the engine keeps them: on disk before `set` resolves. */
const secretsPath = join(folder, 'secrets.json');
const readSecrets = (): Record<string, string> =>
  existsSync(secretsPath) ? (JSON.parse(readFileSync(secretsPath, 'utf8')) as Record<string, string>) : {};
const secrets = new Map(Object.entries({ ...login.secrets, ...readSecrets() }));
const saveSecrets = (): void => {
  writeFileSync(`${secretsPath}.new`, JSON.stringify(Object.fromEntries(secrets)));
  renameSync(`${secretsPath}.new`, secretsPath);
};

/** A line that the kill cut in two was never committed. */
const readJournal = (): readonly JournalLine[] => {
  if (!existsSync(journalPath)) return [];
  const lines = readFileSync(journalPath, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as JournalLine);
};

const say = (message: unknown): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

const host: BridgeHost = {
  async emit(events, savedState) {
    appendFileSync(journalPath, `${JSON.stringify(savedState === undefined ? { events } : { events, savedState })}\n`);
    for (const event of events) if (event.type === 'state') say({ connection: event.connection, fault: event.fault?.code });
  },
  secrets: {
    get: async (name) => secrets.get(name) ?? null,
    set: async (name, value) => {
      secrets.set(name, value);
      saveSecrets();
    },
    delete: async (name) => {
      secrets.delete(name);
      saveSecrets();
    },
  },
  log: { debug: () => undefined, info: () => undefined, warn: (message, data) => say({ warning: message, data }) },
  signal: new AbortController().signal,
  dataDir: folder,
};

const savedState = readJournal().findLast((line) => line.savedState !== undefined)?.savedState ?? null;
const account = { id: accountId(1), address: login.address, displayName: null, settings: login.settings };
const session = matrixBridge.open(account, savedState, host);
await session.start();
say({ started: true });

createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line) as OutgoingMessage;
  session.send(message).then(
    (receipt) => say({ sent: message.transactionId, eventId: receipt.remoteId }),
    (error: unknown) => say({ refused: message.transactionId, fault: toFault(error) }),
  );
});
