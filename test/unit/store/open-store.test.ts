import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../../electron/engine/store/database.ts';
import { migrate } from '../../../electron/engine/store/migrate.ts';
import { newestVersion } from '../../../electron/engine/store/migrations/index.ts';
import { openStore } from '../../../electron/engine/store/open-store.ts';
import { settings } from '../../../electron/engine/store/repositories/settings.ts';
import { setSlowQueryListener, readOne } from '../../../electron/engine/store/statements.ts';
import { runDurably, runTransaction } from '../../../electron/engine/store/transaction.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'palomar store ñ '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const code = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return null;
};

test('opens with every protection on', () => {
  const store = openStore(folder);
  const pragma = (name: string) => store.db.pragma(name, { simple: true });
  expect(pragma('journal_mode')).toBe('wal');
  expect([pragma('foreign_keys'), pragma('trusted_schema'), pragma('temp_store'), pragma('cell_size_check')]).toEqual([1, 0, 2, 1]);
  expect([pragma('synchronous'), pragma('busy_timeout'), pragma('user_version')]).toEqual([1, 5000, newestVersion]);
  expect(statSync(store.path).mode & 0o077).toBe(0);
  store.close();
});

test('every table is strict', () => {
  const store = openStore(folder);
  const loose = store.db
    .prepare<[], { name: string }>(`SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'`)
    .all();
  expect(loose).toEqual([]);
  store.close();
});

test('a second engine on the same profile is refused, also by another path; after the first it may', () => {
  const store = openStore(folder);
  const link = `${folder}-link`;
  symlinkSync(folder, link);
  expect([code(() => openStore(folder)), code(() => openStore(link))]).toEqual(['profile-in-use', 'profile-in-use']);
  rmSync(link);
  store.close();
  openStore(folder).close();
});

test('data of a newer version is refused in plain words and left as it is', () => {
  openStore(folder).close();
  const path = join(folder, 'palomar.db');
  const newer = openDatabase({ path });
  newer.pragma(`user_version = ${newestVersion + 10}`);
  newer.close();
  const before = readFileSync(path);
  expect(() => openStore(folder)).toThrow(/newer Palomar.*Nothing was changed.*update/s);
  expect(code(() => openStore(folder))).toBe('newer-database');
  expect(readFileSync(path).equals(before)).toBe(true);
  expect(readdirSync(folder).filter((name) => name.includes('before'))).toEqual([]);
});

test('what is no database is refused, not overwritten', () => {
  const path = join(folder, 'palomar.db');
  writeFileSync(path, 'x'.repeat(10_000));
  expect(code(() => openStore(folder))).toBe('wrong-key');
  expect(readFileSync(path, 'utf8')).toBe('x'.repeat(10_000));
});

test('with a key nothing can be read without it, the copy before a migration included', () => {
  const key = new Uint8Array(32).fill(7);
  const path = join(folder, 'palomar.db');
  const first = openDatabase({ path, key });
  migrate(first, path, [{ version: 1, up: (db) => db.exec(`CREATE TABLE t (a TEXT) STRICT; INSERT INTO t VALUES ('canary')`) }]);
  const { backupPath } = migrate(first, path, [
    { version: 1, up: () => {} },
    { version: 2, up: (db) => db.exec('CREATE TABLE u (a TEXT) STRICT') },
  ]);
  first.close();
  for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name)).includes('canary')).toBe(false);
  expect(code(() => openDatabase({ path }))).toBe('wrong-key');
  expect(code(() => openDatabase({ path, key: new Uint8Array(32) }))).toBe('wrong-key');
  const copy = openDatabase({ path: backupPath as string, key });
  expect(copy.prepare('SELECT a FROM t').pluck().all()).toEqual(['canary']);
  copy.close();
});

test('the file is copied before a migration, and only then', () => {
  const path = join(folder, 'x.db');
  const db = openDatabase({ path });
  const one = { version: 10, up: (into: typeof db) => into.exec(`CREATE TABLE t (a TEXT) STRICT; INSERT INTO t VALUES ('kept')`) };
  const two = { version: 20, up: (into: typeof db) => into.exec('DROP TABLE t') };
  expect(migrate(db, path, [one]).backupPath).toBeNull();
  expect(migrate(db, path, [one]).backupPath).toBeNull();
  const { backupPath, fromVersion, toVersion } = migrate(db, path, [one, two]);
  expect([fromVersion, toVersion]).toEqual([10, 20]);
  db.close();
  const copy = openDatabase({ path: backupPath as string });
  expect(copy.prepare('SELECT a FROM t').pluck().all()).toEqual(['kept']);
  expect(copy.pragma('user_version', { simple: true })).toBe(10);
  copy.close();
});

test('a migration that fails leaves the old schema, and can be tried again', () => {
  const db = openDatabase({ path: join(folder, 'x.db') });
  const good = { version: 10, up: (into: typeof db) => into.exec('CREATE TABLE t (a TEXT) STRICT') };
  const bad = { version: 20, up: (into: typeof db) => into.exec('CREATE TABLE u (a TEXT) STRICT; CREATE TABLE t (b TEXT) STRICT') };
  expect(() => migrate(db, ':memory:', [good, bad])).toThrow(/already exists/);
  expect(db.pragma('user_version', { simple: true })).toBe(10);
  expect(db.prepare(`SELECT count(*) FROM sqlite_schema WHERE name = 'u'`).pluck().get()).toBe(0);
  migrate(db, ':memory:', [good, { version: 20, up: (into) => into.exec('CREATE TABLE u (a TEXT) STRICT') }]);
  db.close();
});

test('a transaction is all or nothing, and one inside another belongs to it', () => {
  const { db, close } = openStore(folder);
  expect(() =>
    runDurably(db, () => {
      settings.write(db, [['locale', 'et']]);
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(settings.read(db).size).toBe(0);
  runTransaction(db, () => runDurably(db, () => settings.write(db, [['__proto__', { a: 1 }]])));
  expect([...settings.read(db)]).toEqual([['__proto__', { a: 1 }]]);
  expect(db.pragma('synchronous', { simple: true })).toBe(1);
  close();
});

test('durable transactions run with synchronous=FULL', () => {
  const { db, close } = openStore(folder);
  expect(runDurably(db, () => db.pragma('synchronous', { simple: true }))).toBe(2);
  close();
});

test('a slow statement is told, without its values', () => {
  const told: string[] = [];
  setSlowQueryListener((sql) => told.push(sql));
  const { db, close } = openStore(folder);
  const slow = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT max(i) AS m, ? AS secret FROM n';
  readOne(db, slow, 'secret-value');
  readOne(db, 'SELECT 1');
  setSlowQueryListener(() => {});
  expect(told).toEqual([slow]);
  close();
});
