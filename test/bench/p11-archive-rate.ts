/** P11: how fast an archive comes into the store, from two servers, beside a raw socket that fetches the same. */
import { cpSync } from 'node:fs';
import { startEjabberd, startProsody, type XmppServer } from '../lab/index.ts';
import { addAbsentAccount, fillArchive, messageCount, onFolder, ourRun, password, rawRun } from './kit/absence.ts';
import { interleave, timeMs } from './kit/measure.ts';
import type { BenchRow } from './kit/row.ts';
import { makeScratch, removeScratch } from './kit/scratch.ts';

const turns = 3;
const servers = [
  { name: 'Prosody', id: 'prosody', leastPerSecond: 1_000, start: (): Promise<XmppServer> => startProsody({ version: '13' }) },
  { name: 'ejabberd', id: 'ejabberd', leastPerSecond: 5_000, start: (): Promise<XmppServer> => startEjabberd() },
] as const;

export async function measure(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const { name, id, leastPerSecond, start } of servers) {
    const server = await start();
    const template = makeScratch('absent');
    try {
      await server.register('desk', password);
      await addAbsentAccount(server, template);
      await fillArchive(server);
      let cpuMs = Number.NaN;
      const { yardstick, subject } = await interleave(
        turns,
        () => onFolder(async (folder) => timeMs(() => rawRun(server, folder))),
        () => onFolder(async (folder) => {
          cpSync(template, folder, { recursive: true });
          const times = await ourRun(server, folder);
          cpuMs = times.cpuMs;
          return times.readingMs;
        }),
      );
      const perSecond = (messageCount / subject) * 1_000;
      rows.push({
        id: `P11-archive-${id}`,
        title: `messages a second from the archive of ${name} into the store`,
        value: perSecond,
        unit: 'messages/s',
        target: { is: 'at least', bound: leastPerSecond },
        note: `${messageCount} messages in ${subject.toFixed(0)} ms; the raw socket takes ${yardstick.toFixed(0)} ms with its login (${(subject / yardstick).toFixed(2)} ×); ${cpuMs.toFixed(0)} ms of processor in the last turn; median of ${turns}`,
      });
    } finally {
      removeScratch(template);
      await server.stop();
    }
  }
  return rows;
}
