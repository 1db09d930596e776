import type { LaunchEngine } from './engine-link.ts';
import { childLauncher } from './child-launcher.ts';
import { utilityLauncher } from './utility-launcher.ts';

/** SQLite's addon and the Matrix library need at least this Node. */
const oldestEngineNode = 22;

/**
 * A utility process where Electron's own Node is new enough; else a child under the Node named by PALOMAR_NODE,
 * which the start script sets (development and CI only).
 */
export const chooseLauncher = (script: string): LaunchEngine => {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= oldestEngineNode) return utilityLauncher(script);
  const node = process.env['PALOMAR_NODE'];
  if (!node) throw new Error(`the engine needs Node ${oldestEngineNode}; this Electron has ${process.versions.node}. Use npm start.`);
  return childLauncher(node, script);
};
