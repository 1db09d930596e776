/** One line per room: what is sent first arrives first, also when sending fails. */
import { BridgeError, isRetryable, toFault } from '#bridge';

export interface RoomQueue {
  /**
   * Runs `work` after everything queued before it for the same room. When an earlier one fails in a way that will be
   * tried again, those behind it fail alike, so that none overtakes it.
   */
  run<Result>(roomId: string, work: () => Promise<Result>): Promise<Result>;
}

interface Line {
  tail: Promise<void>;
  waitingCount: number;
  /** Set while the jobs behind a failed one are turned away. */
  failure: BridgeError | null;
}

export const createRoomQueue = (): RoomQueue => {
  const lines = new Map<string, Line>();
  return {
    async run(roomId, work) {
      const line = lines.get(roomId) ?? { tail: Promise.resolve(), waitingCount: 0, failure: null };
      lines.set(roomId, line);
      line.waitingCount += 1;
      const turn = line.tail;
      const done = Promise.withResolvers<void>();
      line.tail = done.promise;
      await turn;
      try {
        if (line.failure !== null) throw line.failure;
        return await work();
      } catch (error) {
        const fault = toFault(error);
        if (isRetryable(fault)) line.failure = new BridgeError(fault.code, fault);
        throw error;
      } finally {
        line.waitingCount -= 1;
        if (line.waitingCount === 0) lines.delete(roomId);
        done.resolve();
      }
    },
  };
};
