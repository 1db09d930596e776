/**
 * A process that queues pushes, and after a kill drains them, for P16. Arguments: profile folder, how many conversations,
 * file to write to. Every note it writes is one line of that file, on the disk before the connector answers.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { ConversationId } from '#rpc';
import type { Connector } from '../../../electron/engine/crm/connector.ts';
import { runTransaction } from '../../../electron/engine/store/transaction.ts';
import { openPushWorld } from '../../integration/crm/support/push-world.ts';
import { createMemoryCrm } from '../../unit/crm/memory-crm.ts';

const [profileDir = '', count = '0', file = ''] = process.argv.slice(2);
const memory = createMemoryCrm().connector;
interface Line {
  readonly key: string;
  readonly last: string;
  readonly parent: string;
  readonly text: string;
}
const lines = (): Line[] => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map((line) => JSON.parse(line) as Line) : []);
const known = new Map(lines().map((line) => [line.key, line]));

/** The file is its server: what is written stays when we are killed. */
const connector: Connector = {
  ...memory,
  manifest: { ...memory.manifest, chooses: 'container', recordKinds: ['ticket'], fields: [] },
  findTargets: async () => [],
  findByKey: async (_, role, key) => (role === 'container' && known.has(key) ? [{ role: 'container', kind: 'ticket', id: key }] : []),
  createContainer: async (_, draft, __, key) => {
    write({ key, last: '', parent: '', text: draft.title });
    return { role: 'container', kind: 'ticket', id: key };
  },
  findNotes: async (_, parent, key) =>
    [...known.values()]
      .filter((line) => line.parent === parent.id && (key === null || line.key === key))
      .map((line) => ({ ref: { role: 'note', kind: 'note', id: line.key }, key: line.key, last: line.last })),
  append: async (_, parent, chunk) => {
    write({ key: chunk.key, last: chunk.last, parent: parent.id, text: chunk.body });
    return { role: 'note', kind: 'note', id: chunk.key };
  },
};

function write(line: Line): void {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
  known.set(line.key, line);
}

const world = openPushWorld({ profileDir, connectors: [connector] });
const total = Number(count);
const connection = await world.connect('memory', {});
if (world.crm.queue({ limit: 1 }).length === 0) {
  const conversations = runTransaction(world.db, () =>
    Array.from({ length: total }, (_, index): ConversationId => {
      const id = world.addConversation({ name: `Customer ${String(index).padStart(4, '0')}` });
      world.addMessage(id, { text: 'hola' });
      return id;
    }),
  );
  // All of them stand in the queue before the first one may leave.
  world.db.prepare('UPDATE crm_connections SET paused_until_ms = ?').run(Date.now() + 3_600_000);
  for (const conversationId of conversations) {
    const preview = await world.crm.plan({ conversationId, connectionId: connection });
    world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: false });
  }
  process.stdout.write('queued\n');
}
world.db.prepare('UPDATE crm_connections SET paused_until_ms = 0').run();
world.crm.wake();
const left = (): number => (world.db.prepare(`SELECT count(*) AS n FROM pushes WHERE state <> 'done'`).get() as { n: number }).n;
while (left() > 0) await new Promise((resolve) => setTimeout(resolve, 20));
await world.stop();
process.stdout.write('drained\n');
