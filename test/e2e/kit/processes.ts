import { readFileSync } from 'node:fs';
import type { ElectronApplication } from 'playwright-core';

/** The seccomp mode of a process: 0 none, 2 a filter is on. The renderer's sandbox shows here and nowhere else. */
export const seccompModeOf = (pid: number): number => {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((text) => text.startsWith('Seccomp:'));
  return Number(line?.split(/\s+/)[1] ?? -1);
};

/** The user a process runs as. */
export const userOf = (pid: number): number => {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((text) => text.startsWith('Uid:'));
  return Number(line?.split(/\s+/)[2] ?? -1);
};

/** The process of every page there is. */
export const rendererPids = (electron: ElectronApplication): Promise<number[]> =>
  electron.evaluate(({ webContents }) => webContents.getAllWebContents().map((contents) => contents.getOSProcessId()));

/** The engine: the main process's child that runs engine/child.mjs, or Electron's utility process of that name. */
export const enginePid = async (electron: ElectronApplication): Promise<number | null> => {
  const known = await electron.evaluate(({ app }) => {
    const utility = app.getAppMetrics().find((metric) => metric.serviceName === 'Palomar engine' || metric.name === 'Palomar engine');
    return { main: process.pid, utility: utility?.pid ?? null };
  });
  return known.utility ?? childRunning(known.main, 'engine/child.mjs');
};

const childRunning = (parent: number, script: string): number | null => {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(/\s+/);
  const found = children.find((pid) => pid !== '' && commandOf(pid).includes(script));
  return found === undefined ? null : Number(found);
};

const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
};
