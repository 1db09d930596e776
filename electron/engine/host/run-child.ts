/** The engine as a process of its own: Electron's utility process, or a child under Node. Importing it runs it. */
import { flushCompileCache } from 'node:module';
import type { Engine } from '../engine.ts';
import { createEngine } from '../index.ts';
import { createLog, type Log } from '../log/log.ts';
import { muteConsole } from './mute-console.ts';
import { createParentPortLink, findParentPort } from './parent-port-link.ts';
import { runEngine } from './run-engine.ts';
import { createStdioLink } from './stdio-link.ts';

/** The host kills a process that has stopped, so what Node would keep at a normal exit is kept before. */
const keepingCompiledCode = (engine: Engine): Engine => ({
  ...engine,
  stop: async () => {
    await engine.stop();
    flushCompileCache();
  },
});

let log: Log | null = null;
const parentPort = findParentPort();

muteConsole();

process.on('uncaughtException', (error) => {
  log?.error('uncaught error', { error });
  process.exit(1);
});
// A promise that a bridge forgot to look after harms nobody else: the store is only written in transactions.
process.on('unhandledRejection', (error) => log?.error('unhandled rejection', { error }));

runEngine({
  link: parentPort === null ? createStdioLink() : createParentPortLink(parentPort),
  start: async ({ profileDir, appVersion, host, vaultKey }, printPage) => {
    const engineLog = createLog({ profileDir, now: Date.now });
    log = engineLog;
    const engine = await createEngine({
      profileDir,
      appVersion,
      host,
      vaultKey: vaultKey === null ? null : Buffer.from(vaultKey, 'base64'),
      log: engineLog,
      ...(host === 'electron' ? { printPage } : {}),
    });
    return keepingCompiledCode(engine);
  },
  exit: (code) => process.exit(code),
  onError: (error) => log?.error('engine failed', { error }),
});
