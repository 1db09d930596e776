import { onScopeDispose } from 'vue';
import { useEngine, useSession, useShell } from '../../rpc/index.ts';

const lookEveryMs = 15_000;
const minuteMs = 60_000;

/** Since when the person counts as gone; null: they are here. Moments a look apart are the same absence. */
export const idleSince = (idleMs: number, awayAfterMinutes: number, nowMs: number, before: number | null): number | null => {
  if (awayAfterMinutes === 0 || idleMs < awayAfterMinutes * minuteMs) return null;
  const sinceMs = nowMs - idleMs;
  return before !== null && Math.abs(before - sinceMs) < minuteMs ? before : sinceMs;
};

/** Tells the engine when nobody has touched the computer for a while, and when somebody is back. */
export const useIdle = (): void => {
  const engine = useEngine();
  const session = useSession();
  const shell = useShell();
  let told: number | null = null;
  const look = async (): Promise<void> => {
    const sinceMs = idleSince(await shell.window.idleMs(), session.settings.awayAfterMinutes, Date.now(), told);
    if (sinceMs === told) return;
    await engine.call('people.setIdle', { sinceMs });
    told = sinceMs;
  };
  const lookQuietly = (): void => void look().catch(() => undefined);
  const timer = window.setInterval(lookQuietly, lookEveryMs);
  // Whoever comes back is seen at once.
  const back = (): void => {
    if (told !== null) lookQuietly();
  };
  window.addEventListener('focus', back);
  window.addEventListener('pointerdown', back);
  window.addEventListener('keydown', back);
  onScopeDispose(() => {
    window.clearInterval(timer);
    for (const name of ['focus', 'pointerdown', 'keydown']) window.removeEventListener(name, back);
  });
};
