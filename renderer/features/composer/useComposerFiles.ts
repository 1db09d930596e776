import { ref, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import type { ConversationDetail } from '../../rpc/index.ts';
import { useFormat } from '../../i18n/useFormat.ts';
import { findFileProblem } from './find-file-problem.ts';
import { mostFiles, type Uploads } from './useUploads.ts';

export interface ComposerFiles {
  /** Why the last files were not taken; null: they were. */
  readonly problem: Readonly<Ref<string | null>>;
  readonly isDropping: Ref<boolean>;
  add(files: readonly File[]): void;
  onPick(event: Event): void;
  onDrop(event: DragEvent): void;
}

/** Files that are picked, dropped or pasted: those that the network would refuse are told at once. */
export const useComposerFiles = (
  rules: () => ConversationDetail['capabilities'],
  networkName: () => string,
  uploads: Uploads,
): ComposerFiles => {
  const { t } = useI18n();
  const format = useFormat();
  const problem = ref<string | null>(null);
  const isDropping = ref(false);

  const add = (files: readonly File[]): void => {
    problem.value = null;
    if (!rules().canSendFiles || !rules().canSend) return;
    const found = files.map((file) => findFileProblem(file, rules())).find((one) => one !== null);
    if (found?.kind === 'not-taken') problem.value = t('composer.kindNotTaken', { name: found.name, network: networkName() });
    else if (found) problem.value = t('composer.tooLarge', { name: found.name, limit: format.size(found.limitBytes) });
    else if (uploads.list.value.length + files.length > mostFiles) problem.value = t('composer.tooManyFiles');
    else uploads.add(files);
  };
  return {
    problem,
    isDropping,
    add,
    onPick: ({ target }) => {
      if (!(target instanceof HTMLInputElement)) return;
      add([...(target.files ?? [])]);
      target.value = '';
    },
    onDrop: ({ dataTransfer }) => {
      isDropping.value = false;
      add([...(dataTransfer?.files ?? [])]);
    },
  };
};
