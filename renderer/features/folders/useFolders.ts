import { onScopeDispose, shallowRef, watch, type Ref } from 'vue';
import { useEngine, useEvent, type FolderRow } from '../../rpc/index.ts';

/** Changes of a moment are answered together, behind what is on its way to the screen. */
const settleMs = 400;

/** Folders of the networks, each after the one it lies in. */
export const useFolders = (): Readonly<Ref<readonly FolderRow[]>> => {
  const engine = useEngine();
  const folders = shallowRef<readonly FolderRow[]>([]);
  let timer: number | undefined;
  const ask = async (): Promise<void> => {
    timer = undefined;
    folders.value = (await engine.call('folders.list', {}).catch(() => null)) ?? folders.value;
  };
  const askSoon = (): void => {
    timer ??= window.setTimeout(() => void ask(), settleMs);
  };
  useEvent('folders.changed', askSoon);
  // How much is unread in them; without folders nobody asks.
  useEvent('conversations.changed', () => folders.value.length > 0 && askSoon());
  watch(engine.generation, askSoon, { immediate: true });
  onScopeDispose(() => window.clearTimeout(timer));
  return folders;
};
