/** P14: what a Matrix account keeps in memory of ten thousand further messages. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { join } from 'node:path';
import type { FromWorker } from '../../bridges/matrix/worker/protocol.ts';
import { createAccount, type Account } from '../../bridges/matrix/worker/account.ts';
import { trimTimelines } from '../../bridges/matrix/worker/trim-timelines.ts';
import { until } from '../kit/until.ts';
import { perRoom, roomCount, selfId } from './kit/matrix-rooms.ts';
import { startMatrixWorld } from './kit/matrix-world.ts';
import type { BenchRow } from './kit/row.ts';
import { makeScratch, removeScratch } from './kit/scratch.ts';
import { withoutConsole } from './kit/without-console.ts';

const furtherCount = 10_000;
const timeoutMs = 60_000;

export const measure = (): Promise<BenchRow[]> => withoutConsole(measureQuietly);

async function measureQuietly(): Promise<BenchRow[]> {
  const world = await startMatrixWorld();
  const folder = makeScratch('matrix-memory');
  let seen = 0;
  let isOpen = true;
  const post = (message: FromWorker): void => {
    if (message.kind !== 'batch') return;
    seen += message.events.filter(({ type }) => type === 'message.upserted').length;
    const { batch } = message.progress;
    setImmediate(() => isOpen && account.stored(batch));
  };
  // In this thread: the heap of another one cannot be swept from here.
  const account: Account = createAccount({
    config: {
      ...{ baseUrl: world.baseUrl, userId: selfId, deviceId: 'BENCH', tokens: { accessToken: 'bench-token' }, progress: null },
      storePath: join(folder, 'matrix.sqlite'),
      cryptoFolder: join(folder, 'crypto'),
      cryptoKey: Buffer.alloc(32, 7).toString('base64'),
    },
    post,
    saveTokens: async () => undefined,
    onStartOver: () => {
      throw new Error('the world lost the position of the sync');
    },
    onDiskFault: ({ detail }) => {
      throw new Error(`the store refused: ${detail ?? ''}`);
    },
  });
  try {
    await account.start();
    await until(() => seen >= roomCount * perRoom, { label: 'the first sync', timeoutMs });
    // One round more than is counted: what is made once, at the first of its kind, is no growth.
    world.say(1_000);
    await until(() => seen >= roomCount * perRoom + 1_000, { label: 'the warm-up', timeoutMs });
    const beforeMb = sweptHeapMb(account);
    world.say(furtherCount);
    await until(() => seen >= roomCount * perRoom + 1_000 + furtherCount, { label: 'the further messages', timeoutMs });
    const afterMb = sweptHeapMb(account);
    return [
      {
        id: 'P14-matrix-heap',
        title: `growth of the heap by ${furtherCount} further messages of Matrix`,
        value: afterMb - beforeMb,
        unit: 'MB',
        target: { is: 'at most', bound: 10 },
        note: `${beforeMb.toFixed(1)} MB with ${roomCount} rooms, ${afterMb.toFixed(1)} MB after; swept, as short as the account keeps its timelines`,
      },
    ];
  } finally {
    isOpen = false;
    account.stop();
    await world.stop();
    removeScratch(folder);
  }
}

/** As after the account's own half-minute round. */
function sweptHeapMb(account: Account): number {
  trimTimelines(account.context.client);
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed / 1e6;
}
