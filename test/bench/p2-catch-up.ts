/** P2: back after an absence with 5,000 messages in the archive of a real Prosody, beside a raw socket that fetches them. */
import { cpSync } from 'node:fs';
import { startProsody } from '../lab/index.ts';
import { addAbsentAccount, fillArchive, messageCount, onFolder, ourRun, password, rawRun } from './kit/absence.ts';
import { interleave, timeMs } from './kit/measure.ts';
import type { BenchRow } from './kit/row.ts';
import { makeScratch, removeScratch } from './kit/scratch.ts';

const turns = 5;

export async function measure(): Promise<BenchRow[]> {
  const server = await startProsody();
  const template = makeScratch('absent');
  try {
    await server.register('desk', password);
    await addAbsentAccount(server, template);
    await fillArchive(server);
    const { yardstick, subject } = await interleave(
      turns,
      () => onFolder(async (folder) => timeMs(() => rawRun(server, folder))),
      () => onFolder(async (folder) => {
        cpSync(template, folder, { recursive: true });
        return (await ourRun(server, folder)).wholeMs;
      }),
    );
    return [
      {
        id: 'P2-catch-up',
        title: 'back after an absence: 5,000 messages from Prosody into the store, against a raw socket',
        value: subject / yardstick,
        unit: '×',
        target: { is: 'at most', bound: 1.5, goal: 1.3 },
        note: `raw socket ${yardstick.toFixed(0)} ms, engine from its start ${subject.toFixed(0)} ms (${((messageCount / subject) * 1_000).toFixed(0)} messages/s); both with TLS, pages of 250, median of ${turns}`,
      },
    ];
  } finally {
    removeScratch(template);
    await server.stop();
  }
}
