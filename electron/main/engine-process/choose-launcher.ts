import type { LaunchEngine } from './engine-link.ts';
import { childLauncher } from './child-launcher.ts';
import { startAhead } from './start-ahead.ts';
import { utilityLauncher } from './utility-launcher.ts';

/** SQLite's addon and the Matrix library need at least this Node. */
const oldestEngineNode = 22;

/**
 * A utility process where Electron's own Node is new enough; else a child under the Node named by PALOMAR_NODE,
 * which the start script sets (development and CI only). The child starts at once; Electron forks a utility process
 * only when it is ready.
 * @param cacheDir where the engine keeps its compiled code
 */
export const chooseLauncher = (script: string, cacheDir: string): LaunchEngine => {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= oldestEngineNode) return utilityLauncher(script, cacheDir);
  const node = process.env['PALOMAR_NODE'];
  if (!node) throw new Error(`the engine needs Node ${oldestEngineNode}; this Electron has ${process.versions.node}. Use npm start.`);
  return startAhead(childLauncher(node, script, cacheDir));
};
