import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../../electron/engine/store/open-store.ts';
import type { WritableDb } from '../../../electron/engine/store/database.ts';

const kills = 20;
let profile = '';
beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'palomar-kill-'));
});
afterEach(() => rmSync(profile, { recursive: true, force: true }));

interface Progress {
  /** What the child said was committed before it died. */
  readonly received: number;
  readonly answered: number;
}

/** Runs the ingest loop and kills it some time after its first commit. */
function runAndKill(killAfterMs: number): Promise<Progress> {
  const program = join(import.meta.dirname, 'ingest-loop.ts');
  const child = spawn(process.execPath, [program, profile], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`the child ended by itself: ${output.slice(-500)}`));
      resolve({ received: lastNumber(output, 'in'), answered: lastNumber(output, 'out') });
    });
  });
}

const lastNumber = (output: string, word: string): number =>
  Number([...output.matchAll(new RegExp(`^${word} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);

const value = (db: WritableDb, sql: string): number => db.prepare(sql).pluck().get() as number;

function check(db: WritableDb, { received, answered }: Progress): void {
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(db.pragma('foreign_key_check')).toEqual([]);
  db.exec(`INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)`);

  const incoming = value(db, 'SELECT count(*) FROM messages WHERE is_own = 0');
  expect(incoming).toBeGreaterThanOrEqual(received);
  expect(value(db, 'SELECT count(DISTINCT remote_id) FROM messages WHERE is_own = 0')).toBe(incoming);
  // No hole: the names run from m0 to the newest, and the saved state says the same.
  expect(value(db, `SELECT max(CAST(substr(remote_id, 2) AS INTEGER)) + 1 FROM messages WHERE is_own = 0`)).toBe(incoming);
  expect(value(db, 'SELECT CAST(saved_state AS INTEGER) FROM account_states')).toBe(incoming);
  // A number is unread unless we answered after it: the counts of the rows agree with the rows.
  const counted = `SELECT count(*) FROM messages JOIN conversations AS c ON c.id = conversation_id
    WHERE is_own = 0 AND sort_key > c.read_up_to_key`;
  expect(value(db, 'SELECT sum(unread_count) FROM conversations')).toBe(value(db, counted));

  expect(value(db, `SELECT count(*) FROM messages WHERE transaction_id = 't${answered}'`)).toBe(answered === 0 ? 0 : 1);
  expect(value(db, 'SELECT count(*) FROM messages WHERE is_own = 1')).toBe(value(db, 'SELECT count(*) FROM jobs'));
  expect(value(db, 'SELECT count(*) FROM jobs WHERE message_id IS NULL')).toBe(0);
}

test(`killed ${kills} times while ingesting: nothing acknowledged is lost, nothing doubled, nothing broken`, async () => {
  let total = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const progress = await runAndKill(Math.random() * 150);
    expect(progress.received).toBeGreaterThan(total);
    total = progress.received;
    const store = openStore(profile);
    check(store.db, progress);
    store.close();
  }
});
