import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import type { RemoteMessage } from '#model';
import { openDatabase } from '../../../electron/engine/store/database.ts';
import { migrate } from '../../../electron/engine/store/migrate.ts';
import { benchFolder } from './bench-folder.ts';
import { generateMessages } from './generate.ts';
import { ingestAll, openTestStore, toEvents } from './open-test-store.ts';
import { RawStore } from './raw-store.ts';
import { makeScratch, removeScratch } from './scratch.ts';

const seed = 7;
const batchSize = 5_000;
const kitFolder = dirname(fileURLToPath(import.meta.url));
/** What decides how a store comes out, beside the schema. */
const recipeFiles = ['generate.ts', 'vocabulary.ts', 'random.ts', 'large-store.ts', 'raw-store.ts'];

export interface LargeStore {
  /** Our store, made by the pipeline. */
  readonly path: string;
  /** The same messages in the yardstick's tables. */
  readonly rawPath: string;
}

/**
 * A store of so many messages in 2,000 conversations, and its yardstick. Made once by the real pipeline, kept in the
 * cache until schema or generator change. Copy it before writing to it.
 */
export function largeStore(messageCount: number): LargeStore {
  const name = `${recipeHash()}-${messageCount}`;
  const path = join(benchFolder(), `store-${name}.db`);
  const rawPath = join(benchFolder(), `raw-${name}.db`);
  if (!existsSync(path)) keep(path, (scratchPath) => fillStore(scratchPath, messageCount));
  if (!existsSync(rawPath)) keep(rawPath, (scratchPath) => fillRaw(scratchPath, messageCount));
  return { path, rawPath };
}

/** Made in memory, then moved as a whole: an interrupted run leaves nothing half done in the cache. */
function keep(path: string, fill: (scratchPath: string) => void): void {
  forgetOthers(path);
  console.error(`making ${path} (once) …`);
  const folder = makeScratch('store');
  try {
    const scratchPath = join(folder, 'palomar.db');
    fill(scratchPath);
    const part = `${path}.part`;
    rmSync(part, { force: true });
    const db = new Database(scratchPath);
    db.exec(`VACUUM INTO '${part.replaceAll("'", "''")}'`);
    db.close();
    renameSync(part, path);
  } finally {
    removeScratch(folder);
  }
}

/** Stores of older schemas only take room. */
function forgetOthers(path: string): void {
  for (const name of readdirSync(benchFolder())) {
    if (!name.includes(recipeHash()) && name.includes('.db')) rmSync(join(dirname(path), name), { force: true });
  }
}

function fillStore(path: string, messageCount: number): void {
  const store = openTestStore(path);
  for (const batch of batches(messageCount)) ingestAll(store, toEvents(batch, 'history'), batchSize);
  store.db.exec(`INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 0)`);
  expectCount(store.db, messageCount);
  store.db.close();
}

function fillRaw(path: string, messageCount: number): void {
  const store = new RawStore(path);
  for (const batch of batches(messageCount)) store.insertAll(batch, batchSize);
  expectCount(store.db, messageCount);
  store.close();
}

function* batches(messageCount: number): Generator<RemoteMessage[]> {
  let batch: RemoteMessage[] = [];
  for (const message of generateMessages(seed, messageCount)) {
    batch.push(message);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function expectCount(db: Database.Database, messageCount: number): void {
  const stored = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM messages').get()?.n;
  if (stored !== messageCount) throw new Error(`the large store holds ${stored} messages instead of ${messageCount}`);
}

let knownHash: string | undefined;

/** Changes with our schema, the yardstick and the generator. */
function recipeHash(): string {
  if (knownHash !== undefined) return knownHash;
  const db = openDatabase({ path: ':memory:' });
  migrate(db, ':memory:');
  const schema = db.prepare<[], { sql: string | null }>('SELECT sql FROM sqlite_master ORDER BY type, name').all();
  db.close();
  const hash = createHash('sha256').update(JSON.stringify(schema));
  for (const name of recipeFiles) hash.update(readFileSync(join(kitFolder, name)));
  knownHash = hash.digest('hex').slice(0, 12);
  return knownHash;
}
