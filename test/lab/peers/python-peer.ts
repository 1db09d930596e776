import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { until } from '../../kit/until.ts';
import { forgetGroup, watchGroup } from '../core/reaper.ts';

/** Something the peer saw or did; the other fields depend on the event. */
export interface PeerEvent {
  event: string;
  [field: string]: unknown;
}

/** Asks a peer for a command of its script. */
export type PeerCall = (command: string, args?: Record<string, unknown>) => Promise<unknown>;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The system's Python: Debian's libraries are installed for that one only. */
const python = '/usr/bin/python3';

/** A client in another language, spoken to in JSON lines (stdio_peer.py). */
export class PythonPeer {
  /** Everything the peer told, in order. */
  readonly events: PeerEvent[] = [];

  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #hasEnded: Promise<void>;
  readonly #ended = new AbortController();
  #callCount = 0;
  #errorOutput = '';

  constructor(script: string, args: readonly string[]) {
    const path = fileURLToPath(new URL(script, import.meta.url));
    // -I would hide stdio_peer.py; -B keeps the tree free of caches.
    this.#child = spawn(python, ['-B', path, ...args], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    if (this.#child.pid !== undefined) watchGroup(this.#child.pid);
    this.#child.stdin.on('error', () => {});
    this.#child.stderr.on('data', (chunk: Buffer) => (this.#errorOutput += chunk.toString()));
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#receive(line));
    this.#hasEnded = new Promise((resolve) => {
      const onEnd = (): void => {
        this.#failAll();
        this.#ended.abort(new Error('the peer has ended'));
        resolve();
      };
      this.#child.once('exit', onEnd);
      this.#child.once('error', onEnd);
    });
  }

  /** Asks for a command of the script and waits for its result. */
  call(command: string, args: Record<string, unknown> = {}): Promise<unknown> {
    this.#callCount += 1;
    const call = this.#callCount;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.#child.stdin.write(`${JSON.stringify({ ...args, call, do: command })}\n`);
    });
  }

  /** The first event of this kind that matches, now or within the time. */
  async waitFor(
    event: string,
    isWanted: (event: PeerEvent) => boolean = () => true,
    timeoutMs = 15_000,
  ): Promise<PeerEvent> {
    const find = (): PeerEvent | undefined => this.events.find((seen) => seen.event === event && isWanted(seen));
    try {
      return await until(find, { timeoutMs, label: `the peer to tell "${event}"`, signal: this.#ended.signal });
    } catch (error) {
      const told = this.events.slice(-60).map((seen) => JSON.stringify(seen).slice(0, 300)).join('\n');
      throw new Error(`${String(error)}\nit told:\n${told}\n${this.#errorOutput.slice(-2_000)}`, { cause: error });
    }
  }

  /** Lets it say goodbye; kills it when that takes more than 3 s. */
  async stop(): Promise<void> {
    const group = this.#child.pid;
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 3_000);
    await this.#hasEnded;
    clearTimeout(timer);
    if (group !== undefined) forgetGroup(group);
  }

  #receive(line: string): void {
    const event = JSON.parse(line) as PeerEvent;
    const waiting = this.#waiting.get(Number(event['call']));
    const isAnswer = event.event === 'done' || event.event === 'failed';
    if (!isAnswer || !waiting) return void this.events.push(event);
    this.#waiting.delete(Number(event['call']));
    if (event.event === 'done') waiting.resolve(event['result']);
    else waiting.reject(new Error(`the peer failed: ${String(event['error'])}`));
  }

  #failAll(): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(`the peer ended:\n${this.#errorOutput.slice(-2_000)}`));
    this.#waiting.clear();
  }
}
