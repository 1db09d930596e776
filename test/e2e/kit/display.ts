import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface Display {
  /** Such as `:3`. */
  readonly name: string;
  stop(): void;
}

const startTimeoutMs = 15_000;

/** Starts an X server without a screen, on a free number. Its access control is off: it lives for a test only. */
export const startDisplay = async (): Promise<Display> => {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1440x960x24', '-nolisten', 'tcp', '-ac', '-noreset'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Xvfb did not start in time')), startTimeoutMs);
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
    let text = '';
    (server.stdio[3] as Readable).on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (!text.includes('\n')) return;
      clearTimeout(timer);
      resolve(text.trim());
    });
  });
  return { name: `:${number}`, stop: () => void server.kill() };
};
