import { describe, expect, it } from 'vitest';
import { BridgeError } from '#bridge';
import { createRoomQueue } from '../../../bridges/matrix/worker/room-queue.ts';

const settled = async (jobs: readonly Promise<unknown>[]): Promise<readonly unknown[]> =>
  (await Promise.allSettled(jobs)).map((job) => (job.status === 'fulfilled' ? job.value : (job.reason as BridgeError).fault.code));

describe('the line of a room', () => {
  it('runs one after the other; another room does not wait', async () => {
    const queue = createRoomQueue();
    const gate = Promise.withResolvers<void>();
    const log: string[] = [];
    const first = queue.run('!a', async () => {
      await gate.promise;
      log.push('a1');
    });
    const second = queue.run('!a', async () => void log.push('a2'));
    await queue.run('!b', async () => void log.push('b1'));
    gate.resolve();
    await Promise.all([first, second]);
    expect(log).toEqual(['b1', 'a1', 'a2']);
  });

  it('turns away those behind a failure that will be tried again', async () => {
    const queue = createRoomQueue();
    const ran: string[] = [];
    const jobs = [
      queue.run('!a', () => Promise.reject(new BridgeError('rate-limited', { retryAtMs: 5 }))),
      queue.run('!a', async () => void ran.push('overtook')),
    ];
    expect(await settled(jobs)).toEqual(['rate-limited', 'rate-limited']);
    expect(ran).toEqual([]);
    await expect(queue.run('!a', async () => 'fresh start')).resolves.toBe('fresh start');
  });

  it('goes on behind a failure for good', async () => {
    const queue = createRoomQueue();
    const jobs = [queue.run('!a', () => Promise.reject(new BridgeError('forbidden'))), queue.run('!a', async () => 'sent')];
    expect(await settled(jobs)).toEqual(['forbidden', 'sent']);
  });
});
