/**
 * Started by kill.test.ts: ingests batches for ever and says after each commit how far it is. Each batch repeats
 * the end of the one before, as a server does after a cut.
 */
import { writeSync } from 'node:fs';
import { bridgeId, networkId, remoteConversationId, remoteMessageId, remotePersonId, transactionId } from '#model';
import type { BridgeEvent } from '#bridge';
import { systemClock } from '../../../electron/engine/clock.ts';
import { openStore } from '../../../electron/engine/store/open-store.ts';
import { accounts } from '../../../electron/engine/store/repositories/accounts.ts';
import { conversations } from '../../../electron/engine/store/repositories/conversations.ts';
import { jobs } from '../../../electron/engine/store/repositories/jobs.ts';
import { runDurably } from '../../../electron/engine/store/transaction.ts';
import { outgoing } from '../../../electron/engine/sync/outgoing.ts';
import { Pipeline } from '../../../electron/engine/sync/pipeline.ts';

const batchSize = 40;
const overlap = 10;
const startMs = Date.UTC(2026, 0, 1);

const store = openStore(process.argv[2] as string);
const pipeline = new Pipeline(store.db, systemClock);
const account =
  accounts.list(store.db)[0] ??
  accounts.insert(store.db, {
    bridgeId: bridgeId('demo'),
    network: networkId('demo'),
    address: 'desk@shop.example',
    displayName: null,
    settings: {},
    createdAtMs: 0,
  });

const event = (index: number): BridgeEvent => ({
  type: 'message.upserted',
  origin: index % 3 === 0 ? 'live' : 'catchup',
  message: {
    conversationId: remoteConversationId(`peer-${index % 7}`),
    remoteId: remoteMessageId(`m${index}`),
    alternateId: remoteMessageId(`o${index}`),
    senderId: remotePersonId(`peer-${index % 7}`),
    isOwn: false,
    kind: 'message',
    text: `message number ${index}`,
    sentAtMs: startMs + index * 1_000,
  },
});

let next = Number(accounts.readState(store.db, account.id) ?? 0);
for (;;) {
  const from = Math.max(next - overlap, 0);
  const events = Array.from({ length: batchSize }, (_, offset) => event(from + offset));
  next = from + batchSize;
  pipeline.ingest(account.id, events, next);
  writeSync(1, `in ${next}\n`);
  writeAnswer(next);
  writeSync(1, `out ${next}\n`);
}

/** A message of ours with its job: both or neither. */
function writeAnswer(number: number): void {
  const conversationId = conversations.findId(store.db, account.id, remoteConversationId('peer-0'));
  if (conversationId === null) return;
  runDurably(store.db, () => {
    const { id } = outgoing.add(store.db, {
      conversationId,
      transactionId: transactionId(`t${number}`),
      text: `answer number ${number}`,
      replyToId: null,
      file: null,
      nowMs: Date.now(),
    });
    jobs.add(store.db, { key: `send:t${number}`, kind: 'send-message', lane: 'a', messageId: id, payload: null, createdAtMs: 0 });
  });
}
