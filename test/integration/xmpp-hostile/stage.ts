/** Hostile servers on one side, the real engine in a process of its own on the other. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { AccountRow } from '#rpc';
import { spawnEngine, type ChildEngine } from '../../kit/child-engine.ts';
import { engineFlags } from '../../../electron/main/engine-process/engine-flags.ts';
import { until } from '../../kit/until.ts';
import { makeStubCertificates } from '../xmpp/stub-certificates.ts';
import { HostileServer, type HostileCase } from './hostile-server.ts';

const script = join(import.meta.dirname, 'engine-child.ts');
export const domain = 'stub.test';
const password = 'secret-пароль';

export interface StoredMessage {
  readonly text: string;
  readonly conversation: string;
  readonly isOwn: number;
  readonly sentAtMs: number;
  readonly isDeleted: number;
  readonly delivery: string;
}

/** A case and the account that was pointed at it. */
export interface Played {
  readonly case: HostileCase;
  readonly server: HostileServer;
  readonly address: string;
}

export class Stage {
  readonly profileDir: string;
  readonly played: Played[] = [];
  engine: ChildEngine;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.profileDir = join(folder, 'profile');
    mkdirSync(this.profileDir);
    this.engine = this.#spawn();
  }

  /** Servers for all cases, each with an account of its own in one engine. */
  static async open(cases: readonly HostileCase[]): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), 'palomar-hostile-'));
    const certificates = await makeStubCertificates(folder);
    writeFileSync(join(folder, 'authority.pem'), certificates.caPem);
    const stage = new Stage(folder);
    await stage.#begin();
    for (const one of cases) {
      const options = { host: '127.0.0.1', port: 0, domain, password, certificate: certificates.good, badCertificate: certificates.otherName };
      const server = await HostileServer.start(options, one);
      const address = `${one.id.toLowerCase()}@${domain}`;
      stage.played.push({ case: one, server, address });
      const values = { address, password, host: '127.0.0.1', port: String(server.port) };
      await stage.engine.call('accounts.add', { bridgeId: 'xmpp' as AccountRow['bridgeId'], flowId: 'password', values });
    }
    return stage;
  }

  /** SIGKILL, and the engine again on what it left. */
  async killAndRestart(): Promise<void> {
    await this.engine.kill();
    this.engine = this.#spawn();
    await this.#begin();
  }

  async close(): Promise<void> {
    await this.engine.kill();
    await Promise.all(this.played.map(({ server }) => server.close()));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  of(id: string): Played {
    const found = this.played.find((one) => one.case.id === id);
    if (found === undefined) throw new Error(`no case ${id}`);
    return found;
  }

  /** What the store holds of one account, oldest first. */
  messages({ address }: Played): readonly StoredMessage[] {
    return this.#query<StoredMessage>(
      `SELECT m.text, c.remote_id AS conversation, m.is_own AS isOwn, m.sent_at_ms AS sentAtMs, m.delivery, m.deleted_at_ms IS NOT NULL AS isDeleted
       FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN accounts a ON a.id = c.account_id
       WHERE a.address = ? ORDER BY m.sort_key, m.id`,
      address,
    );
  }

  count({ address }: Played, pattern: string): number {
    const [row] = this.#query<{ count: number }>(
      'SELECT count(*) AS count FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN accounts a ON a.id = c.account_id WHERE a.address = ? AND m.text LIKE ?',
      address,
      pattern,
    );
    return row?.count ?? 0;
  }

  /** How many people the rooms of this account hold. */
  participantCount({ address }: Played): number {
    const [row] = this.#query<{ count: number }>(
      'SELECT count(*) AS count FROM participants p JOIN conversations c ON c.id = p.conversation_id JOIN accounts a ON a.id = c.account_id WHERE a.address = ?',
      address,
    );
    return row?.count ?? 0;
  }

  securityRules({ address }: Played): readonly string[] {
    return this.#query<{ rule: string }>(
      'SELECT DISTINCT rule FROM security_events s JOIN accounts a ON a.id = s.account_id WHERE a.address = ?',
      address,
    ).map(({ rule }) => rule);
  }

  /** Everything a person could read anywhere in the store of this account. */
  names({ address }: Played): readonly string[] {
    return this.#query<{ name: string }>(
      `SELECT c.title AS name FROM conversations c JOIN accounts a ON a.id = c.account_id WHERE a.address = ?
       UNION ALL SELECT coalesce(d.display_name, '') || ' ' || d.handle FROM addresses d JOIN accounts a ON a.id = d.account_id WHERE a.address = ?`,
      address,
      address,
    ).map(({ name }) => name);
  }

  fileNames({ address }: Played): readonly string[] {
    return this.#query<{ name: string }>(
      `SELECT f.name FROM attachments f JOIN messages m ON m.id = f.message_id JOIN conversations c ON c.id = m.conversation_id
       JOIN accounts a ON a.id = c.account_id WHERE a.address = ?`,
      address,
    ).map(({ name }) => name);
  }

  /** What has to hold in any store at any time. */
  damage(): readonly string[] {
    const checks = this.#query<{ quick_check: string }>('PRAGMA quick_check').map(({ quick_check: line }) => line);
    return [...checks.filter((line) => line !== 'ok'), ...this.#query<object>('PRAGMA foreign_key_check').map((row) => JSON.stringify(row))];
  }

  async untilDone(played: Played, count: number): Promise<void> {
    const isDone = (): boolean => this.messages(played).filter(({ text }) => text.startsWith('done-')).length >= count;
    await until(isDone, { label: `${played.case.id} to be over`, timeoutMs: 60_000, intervalMs: 100 });
  }

  rssBytes(): number {
    const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.engine.pid}/status`, 'utf8'));
    return Number(line?.[1]) * 1024;
  }

  #spawn(): ChildEngine {
    // With the flags that the program gives its engine.
    const [first = script, ...more] = [...engineFlags, script, join(this.#folder, 'authority.pem')];
    return spawnEngine(first, more);
  }

  async #begin(): Promise<void> {
    await this.engine.host('host.start', { profileDir: this.profileDir, appVersion: '0', host: 'electron', vaultKey: null });
  }

  #query<Row>(sql: string, ...values: readonly unknown[]): Row[] {
    const db = new Database(join(this.profileDir, 'palomar.db'), { readonly: true });
    try {
      return db.prepare(sql).all(...values) as Row[];
    } finally {
      db.close();
    }
  }
}
