/**
 * A process that pushes one customer's conversation in two steps and ends; started again after a kill it goes on.
 * Arguments: profile folder, connector, its values as JSON, name of the customer.
 */
import { readOne } from '../../../../electron/engine/store/statements.ts';
import { runTransaction } from '../../../../electron/engine/store/transaction.ts';
import type { ConversationId } from '#rpc';
import { openPushWorld, pdfBytes } from './push-world.ts';

const [profileDir = '', connectorId = '', values = '{}', name = ''] = process.argv.slice(2);
const world = openPushWorld({ profileDir });
const connection = await world.connect(connectorId, JSON.parse(values) as Record<string, string>);
const conversation = known() ?? begin();
process.stdout.write('ready\n');
await pushRest();
if (count() < 4) world.addMessage(conversation, { text: 'cuarto' });
await pushRest();
process.stdout.write('done\n');
await world.stop();

function known(): ConversationId | undefined {
  return readOne<{ id: ConversationId }>(world.db, 'SELECT id FROM conversations WHERE title = ?', name)?.id;
}

function begin(): ConversationId {
  return runTransaction(world.db, () => {
    const id = world.addConversation({ name });
    world.addMessage(id, { text: 'primero' });
    world.addMessage(id, { text: 'segundo', isOwn: true });
    world.addMessage(id, { text: 'tercero', file: { name: 'oferta.pdf', bytes: pdfBytes(200_000, name) } });
    return id;
  });
}

function count(): number {
  return readOne<{ n: number }>(world.db, `SELECT count(*) AS n FROM messages WHERE conversation_id = ? AND kind = 'message'`, conversation)?.n ?? 0;
}

/** First what an earlier run left, then what is new. */
async function pushRest(): Promise<void> {
  for (const open of world.crm.queue({ limit: 100 })) if (open.doneAtMs === null) await settle(open.id);
  const [summary] = await world.crm.summary({ conversationId: conversation });
  if (summary?.unpushedMessageCount === 0) return;
  const push = await world.pushAll(conversation, connection);
  if (push.state !== 'done') throw new Error(`the push ended as ${push.state}: ${JSON.stringify(push.fault)}`);
}

async function settle(id: Parameters<typeof world.settled>[0]): Promise<void> {
  const push = await world.settled(id);
  if (push.state === 'needs-you') throw new Error(`the push needs a person: ${JSON.stringify(push.fault)}`);
}
