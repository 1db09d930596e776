import { onScopeDispose } from 'vue';
import { useEngine } from './rpc/index.ts';

/** Looking elsewhere for a moment is no absence. */
const patienceMs = 30_000;

/** Tells the engine whether the window is looked at, so that servers may hold back what can wait. */
export const useActivity = (): void => {
  const engine = useEngine();
  let timer: number | undefined;
  const tell = (isActive: boolean): void => void engine.call('app.setActive', { isActive }).catch(() => undefined);
  const look = (): void => {
    window.clearTimeout(timer);
    if (document.visibilityState === 'visible') tell(true);
    else timer = window.setTimeout(() => tell(false), patienceMs);
  };
  document.addEventListener('visibilitychange', look);
  look();
  onScopeDispose(() => {
    window.clearTimeout(timer);
    document.removeEventListener('visibilitychange', look);
  });
};
