import { computed, onScopeDispose, ref, shallowRef } from 'vue';
import { EngineFailure, toRpcError, uploadFile, useEngine, useEvent, type AccountRow, type RpcError, type StagedFileId } from '../../rpc/index.ts';
import { saveText } from '../../ui/save-text.ts';

/** More than the engine reads: said before anything is sent. */
const mostFileBytes = 50 * 1024 * 1024;

/** Writes the message keys of an account into a file, or reads them from one. */
export const useKeyFile = (account: () => AccountRow) => {
  const engine = useEngine();
  const isRunning = ref(false);
  const error = shallowRef<RpcError | null>(null);
  const progress = shallowRef<{ readonly doneCount: number; readonly totalCount: number } | null>(null);
  /** How many keys it was, once it is over. */
  const keyCount = ref<number | null>(null);
  const closing = new AbortController();
  let staged: { readonly file: File; readonly id: StagedFileId } | null = null;

  const forget = (): void => {
    if (staged !== null) void engine.call('files.unstage', { id: staged.id }).catch(() => undefined);
    staged = null;
  };
  onScopeDispose(() => {
    closing.abort();
    forget();
  });
  useEvent('encryption.importing', ({ accountId, doneCount, totalCount }) => {
    if (isRunning.value && accountId === account().id) progress.value = { doneCount, totalCount };
  });

  const run = async (work: () => Promise<number>): Promise<void> => {
    if (isRunning.value) return;
    isRunning.value = true;
    error.value = null;
    try {
      keyCount.value = await work();
    } catch (thrown) {
      if (!closing.signal.aborted) error.value = toRpcError(thrown);
    } finally {
      isRunning.value = false;
      progress.value = null;
    }
  };
  /** A passphrase is tried again without sending the file again. */
  const stage = async (file: File): Promise<StagedFileId> => {
    if (staged?.file === file) return staged.id;
    forget();
    staged = { file, id: await uploadFile(file, closing.signal) };
    return staged.id;
  };

  return {
    isRunning,
    error,
    keyCount,
    progress,
    percent: computed(() => (progress.value === null ? null : Math.floor((progress.value.doneCount * 100) / Math.max(1, progress.value.totalCount)))),
    exportKeys: (passphrase: string) =>
      run(async () => {
        const { id, address } = account();
        const { text, keyCount: count } = await engine.call('encryption.exportKeys', { accountId: id, passphrase });
        // Only what every file system takes.
        saveText(`palomar-keys-${address.replace(/[^A-Za-z0-9.-]+/gu, '_').replace(/^_/u, '')}.txt`, text);
        return count;
      }),
    importKeys: (file: File, passphrase: string) =>
      run(async () => {
        if (file.size > mostFileBytes) throw new EngineFailure({ code: 'too-large', message: 'the file is too large', isRetryable: false, limitBytes: mostFileBytes });
        const fileId = await stage(file);
        const answer = await engine.call('encryption.importKeys', { accountId: account().id, fileId, passphrase });
        staged = null;
        return answer.keyCount;
      }),
  };
};
