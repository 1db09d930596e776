import { computed, onScopeDispose, shallowRef, type Ref } from 'vue';
import { makeThumbnail } from './make-thumbnail.ts';
import { toRpcError, uploadFile, useEngine, type RpcError, type StagedFileId } from '../../rpc/index.ts';

export interface Upload {
  readonly key: number;
  readonly name: string;
  readonly sizeBytes: number;
  readonly isImage: boolean;
  readonly state: 'uploading' | 'ready' | 'failed';
  readonly id: StagedFileId | null;
  readonly error: RpcError | null;
}

export const mostFiles = 20;

export interface Uploads {
  readonly list: Readonly<Ref<readonly Upload[]>>;
  readonly isBusy: Readonly<Ref<boolean>>;
  readonly readyIds: Readonly<Ref<readonly StagedFileId[]>>;
  add(files: readonly File[]): void;
  remove(key: number): void;
  /** Forgets all after they were sent; the engine owns them now. */
  clear(): void;
}

/** Files on their way into a message. Each is staged at once, so that Send does not wait. */
export const useUploads = (): Uploads => {
  const engine = useEngine();
  const list = shallowRef<readonly Upload[]>([]);
  const aborts = new Map<number, AbortController>();
  let nextKey = 1;

  const patch = (key: number, change: Partial<Upload>): void => {
    list.value = list.value.map((upload) => (upload.key === key ? { ...upload, ...change } : upload));
  };
  const stage = async (key: number, file: File): Promise<void> => {
    const abort = new AbortController();
    aborts.set(key, abort);
    try {
      const id = await uploadFile(file, abort.signal);
      const thumbnail = await makeThumbnail(file);
      if (thumbnail !== null) await engine.call('files.setThumbnail', { id, thumbnail }).catch(() => undefined);
      patch(key, { state: 'ready', id });
    } catch (thrown) {
      patch(key, { state: 'failed', error: toRpcError(thrown) });
    } finally {
      aborts.delete(key);
    }
  };
  const unstage = (id: StagedFileId): void => void engine.call('files.unstage', { id }).catch(() => undefined);

  const add = (files: readonly File[]): void => {
    for (const file of files.slice(0, mostFiles - list.value.length)) {
      const key = nextKey++;
      const isImage = file.type.startsWith('image/');
      list.value = [...list.value, { key, name: file.name, sizeBytes: file.size, isImage, state: 'uploading', id: null, error: null }];
      void stage(key, file);
    }
  };
  const remove = (key: number): void => {
    aborts.get(key)?.abort();
    const gone = list.value.find((upload) => upload.key === key);
    list.value = list.value.filter((upload) => upload.key !== key);
    if (gone?.id) unstage(gone.id);
  };
  onScopeDispose(() => {
    for (const upload of list.value) remove(upload.key);
  });

  return {
    list,
    isBusy: computed(() => list.value.some(({ state }) => state === 'uploading')),
    readyIds: computed(() => list.value.flatMap(({ id }) => (id ? [id] : []))),
    add,
    remove,
    clear: () => (list.value = []),
  };
};
