import { spawn } from 'node:child_process';

export interface CommandOptions {
  cwd?: string | undefined;
  env?: NodeJS.ProcessEnv | undefined;
  input?: string | undefined;
  timeoutMs?: number | undefined;
}

/**
 * Runs a program to its end and returns what it wrote to standard output.
 *
 * @throws Error with the command and the end of its output when it fails or takes longer than `timeoutMs` (120,000)
 */
export function runCommand(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { cwd, env = process.env, input = '', timeoutMs = 120_000 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, timeout: timeoutMs, stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let everything = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      everything += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (everything += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      const line = [command, ...args].join(' ').slice(0, 200);
      reject(new Error(`"${line}" ended with ${signal ?? code}:\n${everything.slice(-2_000)}`));
    });
    // A program that does not read its input is no failure of ours.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
