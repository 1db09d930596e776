/** Browser mode: the engine and its interface on the loopback address, for one browser. */
import { parseArgs } from 'node:util';
import { muteConsole } from '../host/mute-console.ts';
import { createEngine } from '../index.ts';
import { createLog, type Log } from '../log/log.ts';
import { toRpcError } from '../rpc/to-rpc-error.ts';
import { startLoopbackServer } from './loopback-server.ts';

interface ServeArguments {
  readonly profileDir: string;
  readonly rendererDir: string;
  readonly port: number;
  readonly appVersion: string;
}

const usage = 'usage: main.ts --profile DIR --renderer DIR [--port N] [--app-version X]';

const readArguments = (): ServeArguments => {
  const { values } = parseArgs({
    options: {
      profile: { type: 'string' },
      renderer: { type: 'string' },
      port: { type: 'string', default: '0' },
      'app-version': { type: 'string', default: '0.0.0' },
    },
  });
  const port = Number(values.port);
  const isPort = Number.isInteger(port) && port >= 0 && port <= 65_535;
  if (values.profile === undefined || values.renderer === undefined || !isPort) throw new Error(usage);
  return { profileDir: values.profile, rendererDir: values.renderer, port, appVersion: values['app-version'] };
};

const serve = async ({ profileDir, rendererDir, port, appVersion }: ServeArguments, log: Log): Promise<void> => {
  const engine = await createEngine({ profileDir, appVersion, host: 'browser', vaultKey: null, log });
  const server = await startLoopbackServer({ engine, log, rendererDir, port });
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    void server
      .close()
      .then(() => engine.stop())
      .finally(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.stdout.write(`Palomar is ready: open this link in your browser. It works once.\n${server.link}\nCtrl+C ends it.\n`);
};

/** What went wrong and, where a person can do something about it, what. */
const explain = (error: unknown, given: ServeArguments, log: Log): string => {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `port ${given.port} is taken by another program. Choose another one, or none: then a free one is found.`;
  }
  const { code, message } = toRpcError(error, (unexpected) => log.error('could not start', { error: unexpected }));
  if (code !== 'profile-in-use') return message;
  return `${message} Close that one, or use another folder with --profile DIR.\nThis one is ${given.profileDir}`;
};

const main = async (): Promise<void> => {
  const given = readArguments();
  const log = createLog({ profileDir: given.profileDir, now: Date.now });
  muteConsole();
  process.on('uncaughtException', (error) => {
    log.error('uncaught error', { error });
    process.exit(1);
  });
  process.on('unhandledRejection', (error) => log.error('unhandled rejection', { error }));
  try {
    await serve(given, log);
  } catch (error) {
    process.stderr.write(`Palomar could not start: ${explain(error, given, log)}\n`);
    process.exit(1);
  }
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(2);
});
