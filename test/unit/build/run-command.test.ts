import { expect, it } from 'vitest';
import { runCommand } from '../../../build/setup/run-command.mjs';
import { until } from '../../kit/until.ts';
import { isRunning } from '../../lab/core/is-running.ts';

it('ends with a program whose child lives on and holds its output open', async () => {
  const { status, output } = await runCommand('sh', ['-c', 'sleep 60 & echo $!'], { isQuiet: true });
  const left = Number(output);
  try {
    expect(status).toBe(0);
    expect(isRunning(left)).toBe(true);
  } finally {
    process.kill(left);
  }
});

it('gathers what was printed, also letters that come in pieces', async () => {
  const script = `for (const byte of Buffer.from('aña…')) require('node:fs').writeSync(1, Buffer.of(byte))`;
  expect(await runCommand(process.execPath, ['-e', script], { isQuiet: true })).toEqual({ status: 0, output: 'aña…', isTimedOut: false });
});

it('stops what takes too long, with all that it started', async () => {
  const script = 'sleep 60 & echo $!; wait';
  const { status, output, isTimedOut } = await runCommand('sh', ['-c', script], { isQuiet: true, timeoutMs: 500 });
  expect({ status, isTimedOut }).toEqual({ status: -1, isTimedOut: true });
  expect(Number(output)).toBeGreaterThan(0);
  await until(() => !isRunning(Number(output)), { label: 'the end of what it started' });
});
