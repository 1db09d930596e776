import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { redact } from './redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogData = Readonly<Record<string, unknown>>;

export interface LogOptions {
  readonly profileDir: string;
  readonly now: () => number;
  /** Lines below this level are dropped. */
  readonly level?: LogLevel | undefined;
  readonly maxBytes?: number | undefined;
}

/** One JSON object a line. Data is cut down to what cannot be a message or a secret; see {@link redact}. */
export interface Log {
  readonly debug: (message: string, data?: LogData) => void;
  readonly info: (message: string, data?: LogData) => void;
  readonly warn: (message: string, data?: LogData) => void;
  readonly error: (message: string, data?: LogData) => void;
  /** The same log with data that stands on every line. */
  readonly with: (data: LogData) => Log;
}

const rank: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };
const keptFiles = 3;

/** Writes to `<profile>/logs/engine.log`, rotated by size; a full disk never stops the engine. */
export const createLog = ({ profileDir, now, level = 'info', maxBytes = 4 * 1024 * 1024 }: LogOptions): Log => {
  const folder = join(profileDir, 'logs');
  const path = join(folder, 'engine.log');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let writtenBytes = sizeOf(path);

  const rotate = (): void => {
    for (let index = keptFiles - 1; index >= 1; index -= 1) move(`${path}.${index}`, `${path}.${index + 1}`);
    move(path, `${path}.1`);
    rmSync(`${path}.${keptFiles + 1}`, { force: true });
    writtenBytes = 0;
  };

  const write = (lineLevel: LogLevel, message: string, data: LogData): void => {
    if (rank[lineLevel] < rank[level]) return;
    const entry = { at: new Date(now()).toISOString(), level: lineLevel, event: message, ...redact(data) };
    const line = `${JSON.stringify(entry)}\n`;
    try {
      if (writtenBytes + line.length > maxBytes) rotate();
      appendFileSync(path, line, { mode: 0o600 });
      writtenBytes += line.length;
    } catch {
      // Nowhere to report it: the log is where it would go.
    }
  };

  const withData = (base: LogData): Log => {
    const at = (lineLevel: LogLevel) => (message: string, data?: LogData) => write(lineLevel, message, { ...base, ...data });
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      with: (data) => withData({ ...base, ...data }),
    };
  };
  return withData({});
};

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const move = (from: string, to: string): void => {
  if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, to);
};
