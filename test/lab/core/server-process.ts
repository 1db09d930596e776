import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { appendFileSync, closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { until } from '../../kit/until.ts';
import { isRunning } from './is-running.ts';
import { forgetGroup, watchGroup } from './reaper.ts';

export interface ServerProcessSpec {
  /** What it is called in errors. */
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  env?: NodeJS.ProcessEnv | undefined;
  /** Everything the server prints is appended here. */
  outputFile: string;
  /** Further log files whose end belongs in an error report. */
  logFiles?: readonly string[] | undefined;
  /** Answers true once the server serves; asked again and again. */
  isReady(): Promise<boolean>;
  readyTimeoutMs?: number | undefined;
}

/** One server in a process group of its own, which can be started, killed and started again at the same place. */
export class ServerProcess {
  readonly #spec: ServerProcessSpec;
  #child: ChildProcess | undefined;

  constructor(spec: ServerProcessSpec) {
    this.#spec = spec;
  }

  /** The server's process id; it is also the number of its group. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get isUp(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * Starts the server and waits until it is ready.
   * @throws Error with the end of its logs when it ends early or is not ready in time
   */
  async start(): Promise<void> {
    if (this.isUp) throw new Error(`${this.#spec.name} is running already`);
    const child = this.#spawn();
    const ended = new AbortController();
    child.once('exit', (code, signal) => ended.abort(new Error(`it ended with ${signal ?? code}`)));
    child.once('error', (error) => ended.abort(error));
    try {
      await until(() => this.#spec.isReady(), {
        timeoutMs: this.#spec.readyTimeoutMs ?? 60_000,
        intervalMs: 40,
        label: `${this.#spec.name} to be ready`,
        signal: ended.signal,
      });
    } catch (error) {
      await this.kill();
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${this.#spec.name} did not start: ${reason}\n${this.#lastLines()}`, { cause: error });
    }
  }

  /** Ends the server politely; whatever is left of its group after 10 s is killed. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM', 10_000);
  }

  /** SIGKILL for the whole group, as a crash or a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL', 0);
  }

  /** Stops (when it runs) and starts again with the same data and ports. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  #spawn(): ChildProcess {
    const { command, args, cwd, env = process.env, outputFile } = this.#spec;
    const output = openSync(outputFile, 'a');
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', output, output] });
    closeSync(output);
    child.on('error', (error) => appendFileSync(outputFile, `${error.message}\n`));
    this.#child = child;
    if (child.pid !== undefined) {
      watchGroup(child.pid);
      writeFileSync(`${outputFile}.pid`, String(child.pid));
    }
    return child;
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL', graceMs: number): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    const group = child.pid;
    if (this.isUp) {
      const hasExited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      signalGroup(group, signal);
      const timer = graceMs > 0 ? setTimeout(() => signalGroup(group, 'SIGKILL'), graceMs) : undefined;
      await hasExited;
      clearTimeout(timer);
    }
    // Workers that the server left behind.
    signalGroup(group, 'SIGKILL');
    forgetGroup(group);
    this.#child = undefined;
  }

  #lastLines(): string {
    const files = [this.#spec.outputFile, ...(this.#spec.logFiles ?? [])];
    return files.map((file) => `--- ${file}\n${tailOf(file)}`).join('\n');
  }
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  if (!isRunning(-group)) return;
  try {
    process.kill(-group, signal);
  } catch {
    // It ended between the look and the signal.
  }
}

function tailOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').slice(-40).join('\n');
  } catch {
    return '(nothing written)';
  }
}
