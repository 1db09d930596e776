/** Starts and kills {@link file://./account-process.ts}. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BridgeEvent, LoginResult } from '#bridge';
import type { OutgoingMessage } from '#model';
import { until } from '../../kit/until.ts';
import type { JournalLine } from './account-process.ts';

type Answer = Readonly<Record<string, unknown>>;

export interface KillableAccount {
  /** Its files. */
  readonly folder: string;
  /** Of the process that runs now. */
  readonly pid: number;
  start(): void;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  send(message: OutgoingMessage): void;
  /** What the process said since it was last started. */
  readonly answers: readonly Answer[];
  untilOnline(): Promise<void>;
  /** Everything committed so far, over all lives. */
  events(): readonly BridgeEvent[];
  dispose(): Promise<void>;
}

const program = fileURLToPath(new URL('account-process.ts', import.meta.url));

/** On files of its own, or on those that another one has. */
export const killableAccount = (login: LoginResult, sharedFolder?: string): KillableAccount => {
  const folder = sharedFolder ?? mkdtempSync(join(tmpdir(), 'palomar-kill-'));
  const journalPath = join(folder, 'journal.jsonl');
  writeFileSync(join(folder, 'account.json'), JSON.stringify(login));
  let child: ChildProcess | null = null;
  let answers: Answer[] = [];

  const kill = async (): Promise<void> => {
    const dying = child;
    child = null;
    if (dying === null || dying.exitCode !== null) return;
    const gone = new Promise((resolve) => dying.once('exit', resolve));
    dying.kill('SIGKILL');
    await gone;
  };

  return {
    folder,
    get pid() {
      return child?.pid ?? 0;
    },
    get answers() {
      return answers;
    },
    start() {
      answers = [];
      child = spawn(process.execPath, [program, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
      createInterface({ input: child.stdout! }).on('line', (line) => answers.push(JSON.parse(line) as Answer));
    },
    kill,
    send: (message) => void child?.stdin?.write(`${JSON.stringify(message)}\n`),
    async untilOnline() {
      await until(() => answers.some((answer) => answer['connection'] === 'online'), { label: 'online', timeoutMs: 20_000 });
    },
    events() {
      if (!existsSync(journalPath)) return [];
      const lines = readFileSync(journalPath, 'utf8').split('\n').slice(0, -1);
      return lines.flatMap((line) => (JSON.parse(line) as JournalLine).events);
    },
    async dispose() {
      await kill();
      if (sharedFolder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
};
