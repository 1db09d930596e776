/** Starts {@link file://./matrix-server.ts}. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { matrixServerFile } from './matrix-server.ts';

export interface MatrixWorld {
  readonly baseUrl: string;
  /** So many further messages, a hundred in each response. */
  say(count: number): void;
  stop(): Promise<void>;
}

export async function startMatrixWorld(): Promise<MatrixWorld> {
  const server = fork(matrixServerFile, { execArgv: [] });
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    say: (count) => void server.send({ more: count }),
    async stop() {
      const ended = once(server, 'exit');
      server.disconnect();
      await ended;
    },
  };
}
