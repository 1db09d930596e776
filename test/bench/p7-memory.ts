/** P7: memory of all processes of the program with a million messages and the list open, beside a bare window. */
import { setTimeout as wait } from 'node:timers/promises';
import { appStage } from './kit/app-stage.ts';
import { interleave } from './kit/measure.ts';
import { describeTree, pssMib } from './kit/process-tree.ts';
import type { BenchRow } from './kit/row.ts';
import { startWindow } from './kit/start-window.ts';

const turns = 3;
/** Long enough for the work of the start to be over and its garbage to be gone. */
const settleMs = 10_000;

export async function measure(): Promise<BenchRow[]> {
  const { profileDir } = await appStage();
  let parts = '';
  const memory = async (kind: 'bare' | 'palomar'): Promise<number> => {
    const window = await startWindow(kind, kind === 'bare' ? null : profileDir);
    await wait(settleMs);
    const mib = pssMib(window.pid);
    if (kind === 'palomar') parts = describeTree(window.pid);
    await window.close();
    return mib;
  };
  const { yardstick, subject } = await interleave(turns, () => memory('bare'), () => memory('palomar'));
  return [
    {
      id: 'P7-memory',
      title: 'memory of all processes with 1,000,000 messages, against a bare window',
      value: subject / yardstick,
      unit: '×',
      target: { is: 'at most', bound: 1.4, goal: 1.25 },
      note: `bare window ${yardstick.toFixed(0)} MiB, Palomar ${subject.toFixed(0)} MiB (${parts}); PSS, median of ${turns}`,
    },
  ];
}
