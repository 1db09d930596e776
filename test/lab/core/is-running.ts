/** True while the process lives (a negative number asks for a process group). */
export function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, it is only not ours.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
