import { inject, type InjectionKey } from 'vue';
import type { Shell } from '#rpc';

declare global {
  interface Window {
    /** Put there by Electron's preload; absent in browser mode. */
    readonly palomar?: Shell;
  }
}

export const shellKey: InjectionKey<Shell> = Symbol('shell');

/** The operating-system shell: links, notifications, folder choice. */
export const useShell = (): Shell => {
  const shell = inject(shellKey);
  if (!shell) throw new Error('No shell was provided to this application.');
  return shell;
};
