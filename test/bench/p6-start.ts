/** P6: from the start of the program to a list that can be used, with a million messages, beside a bare window. */
import { appStage } from './kit/app-stage.ts';
import { interleave } from './kit/measure.ts';
import type { BenchRow } from './kit/row.ts';
import { startWindow } from './kit/start-window.ts';

const turns = 7;

export async function measure(): Promise<BenchRow[]> {
  const { profileDir } = await appStage();
  const start = async (kind: 'bare' | 'palomar'): Promise<number> => {
    const window = await startWindow(kind, kind === 'bare' ? null : profileDir);
    await window.close();
    return window.usableAfterMs;
  };
  const { yardstick, subject } = await interleave(turns, () => start('bare'), () => start('palomar'));
  return [
    {
      id: 'P6-start',
      title: 'start to a usable list of 1,000,000 messages, against a bare window',
      value: subject / yardstick,
      unit: '×',
      target: { is: 'at most', bound: 1.5 },
      note: `bare window ${yardstick.toFixed(0)} ms, Palomar ${subject.toFixed(0)} ms; median of ${turns}`,
    },
  ];
}
