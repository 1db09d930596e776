/**
 * The entry of the engine's process. Only what has to happen before the engine's code is loaded:
 * `child.mjs [folder]` keeps that code compiled in the folder, which saves time and memory at every later start.
 */
import { enableCompileCache } from 'node:module';

const cacheDir = process.argv[2];
if (cacheDir !== undefined) enableCompileCache(cacheDir);
await import('./host/run-child.ts');
