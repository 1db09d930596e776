import { utilityProcess } from 'electron';
import type { EngineToHost } from '#rpc';
import { engineFlags } from './engine-flags.ts';
import type { LaunchEngine } from './engine-link.ts';
import { trustSystem } from './trust-system.ts';

/** The engine as Electron's utility process: a current Electron brings the Node that the engine needs. */
export const utilityLauncher =
  (script: string, cacheDir: string): LaunchEngine =>
  ({ onMessage, onExit }) => {
    const child = utilityProcess.fork(script, [cacheDir], {
      serviceName: 'Palomar engine',
      stdio: 'inherit',
      execArgv: [...engineFlags],
      env: { ...trustSystem, ...process.env },
    });
    child.on('message', (message: EngineToHost) => onMessage(message));
    child.on('exit', (code) => onExit(code));
    return {
      takesPorts: true,
      post: (message, port) => child.postMessage(message, port ? [port] : []),
      kill: () => {
        if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
      },
    };
  };
