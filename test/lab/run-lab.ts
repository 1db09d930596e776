import { ensureLab, isServer, labParts } from './availability.ts';
import type { ServerPart } from './availability.ts';
import { labAuthority } from './core/certificates.ts';
import { labTable } from './lab-table.ts';
import type { LabSection } from './lab-table.ts';
import { startSeeded } from './start-seeded.ts';
import type { SeededServer } from './start-seeded.ts';

const words = process.argv.slice(2);
const isJson = words.includes('--json');
const chosen = words.filter((word) => !word.startsWith('-'));
// With --json the output is for a program; what is said to a person goes to the other channel.
const say = isJson ? console.error : console.log;

const unknown = chosen.find((word) => !labParts.some((part) => part === word));
if (unknown) {
  console.error(`no server "${unknown}"; there are ${labParts.join(', ')}`);
  process.exit(2);
}
const parts = labParts.filter(isServer).filter((part) => chosen.length === 0 || chosen.includes(part));

const started: SeededServer[] = [];
let isStopping = false;

async function stopAll(status: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  if (started.length > 0) say('\nstopping …');
  await Promise.allSettled(started.map((server) => server.stop()));
  process.exit(status);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stopAll(0));
const parent = process.ppid;
// Whoever started us may be killed without a word; nothing may be left running then.
setInterval(() => process.ppid === parent || void stopAll(1), 1_000);

const answers = await ensureLab({ install: true, parts, log: say });
const absent = answers.filter(({ canRun }) => !canRun);
const runnable = answers.filter(({ canRun }) => canRun).map(({ part }) => part).filter(isServer);
say(`starting ${runnable.join(', ') || 'nothing'} (the first time takes a minute) …`);
const sections = await Promise.all(runnable.map(startOne));
for (const { part, reason, install } of absent) sections.push({ title: part, rows: [['not here', reason], ['install it', install]] });

if (isJson) console.log(JSON.stringify(Object.fromEntries(sections.map(({ title, rows }) => [title, Object.fromEntries(rows)]))));
else console.log(labTable(sections, (await labAuthority()).caFile));
if (started.length === 0) await stopAll(1);

async function startOne(part: ServerPart): Promise<LabSection> {
  try {
    const server = await startSeeded(part);
    if (isStopping) await server.stop();
    else started.push(server);
    return server.section;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { title: part, rows: [['failed', reason]] };
  }
}
