import { removeRunFolder } from './run-folder.ts';
import { ServerProcess, type ServerProcessSpec } from './server-process.ts';

/** What every server of the lab can be told. */
export interface RunningServer {
  readonly pid: number;
  /** SIGKILL, as a crash. */
  kill(): Promise<void>;
  /** Starts again with the same data and ports, after a kill too. */
  restart(): Promise<void>;
  /** Ends it for good: data is removed, logs go to the cache. */
  stop(): Promise<void>;
}

/** With what else there is to tell of it. A copy would keep the first process id for ever. */
export const describeServer = <Server>(running: RunningServer, facts: Omit<Server, keyof RunningServer>): RunningServer & Omit<Server, keyof RunningServer> =>
  Object.assign(running, facts);

export interface RunServerSpec extends Omit<ServerProcessSpec, 'cwd' | 'isReady'> {
  /** From `createRunFolder`; goes when the server is stopped, or did not start. */
  readonly folder: string;
  /** That folder unless told. */
  readonly cwd?: string | undefined;
  /** Answers true once the server serves; asked again and again. `startCount` is 1 at first: logs tell of every start. */
  isReady(startCount: number): Promise<boolean>;
  /** What else ends with it. */
  release?(): Promise<void> | void;
}

/**
 * Starts a server and waits until it is ready.
 * @throws Error with the end of its logs when it does not start; nothing of it is left then
 */
export async function runServer({ folder, cwd = folder, isReady, release, ...spec }: RunServerSpec): Promise<RunningServer> {
  let startCount = 1;
  const server = new ServerProcess({ ...spec, cwd, isReady: () => isReady(startCount) });
  const stop = async (): Promise<void> => {
    await server.stop();
    await release?.();
    removeRunFolder(folder);
  };
  try {
    await server.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    get pid() {
      return server.pid;
    },
    kill: () => server.kill(),
    async restart() {
      startCount += 1;
      await server.restart();
    },
    stop,
  };
}
