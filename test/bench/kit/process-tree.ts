import { readdirSync, readFileSync } from 'node:fs';

/** A process and all that descend from it. */
export function treeOf(rootPid: number): number[] {
  const childrenOf = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent === null) continue;
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), Number(name)]);
  }
  const tree: number[] = [];
  const queue = [rootPid];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    tree.push(pid);
    queue.push(...(childrenOf.get(pid) ?? []));
  }
  return tree;
}

/** Memory of a process tree in MiB; pages that several processes share are counted once (PSS). */
export const pssMib = (rootPid: number): number =>
  treeOf(rootPid).reduce((sum, pid) => sum + pssOf(pid), 0) / 1_024;

/** Processor time of a process tree so far, in milliseconds; what ended children used is not in it. */
export const cpuTimeMs = (rootPid: number): number => treeOf(rootPid).reduce((sum, pid) => sum + cpuOf(pid), 0);

/** What runs in the tree, for the notes: name of the program and MiB, largest first. */
export const describeTree = (rootPid: number): string =>
  treeOf(rootPid)
    .map((pid) => ({ name: nameOf(pid), mib: pssOf(pid) / 1_024 }))
    .filter(({ mib }) => mib >= 1)
    .sort((left, right) => right.mib - left.mib)
    .map(({ name, mib }) => `${name} ${mib.toFixed(0)}`)
    .join(', ');

const clockTickMs = 10;

const parentOf = (pid: number): number | null => {
  const fields = statOf(pid);
  return fields === null ? null : Number(fields[1]);
};

const cpuOf = (pid: number): number => {
  const fields = statOf(pid);
  // utime and stime: fields 14 and 15 of proc(5), counted behind the name.
  return fields === null ? 0 : (Number(fields[11]) + Number(fields[12])) * clockTickMs;
};

/** The fields of /proc/PID/stat from the state on; null: it has ended. */
const statOf = (pid: number): readonly string[] | null => {
  const text = readQuietly(`/proc/${pid}/stat`);
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
};

const pssOf = (pid: number): number => Number(/^Pss:\s+(\d+)/m.exec(readQuietly(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0);

const nameOf = (pid: number): string => {
  // Chromium's processes write their words anew, with blanks between them.
  const words = (readQuietly(`/proc/${pid}/cmdline`) ?? '').split(/[\0 ]/);
  const type = words.find((word) => word.startsWith('--type='))?.slice('--type='.length);
  return type ?? words[0]?.split('/').at(-1) ?? String(pid);
};

const readQuietly = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};
