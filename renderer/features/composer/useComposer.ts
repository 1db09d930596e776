import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import {
  toRpcError,
  useEngine,
  useSession,
  type AddressId,
  type ConversationDetail,
  type MessageRow,
  type RpcError,
  type ThreadId,
} from '../../rpc/index.ts';
import { createTypingThrottle } from './typing-throttle.ts';
import { namedPeople } from './named-people.ts';
import { useUploads } from './useUploads.ts';
import { useWishes } from './useWishes.ts';

const draftPauseMs = 600;
const longestText = 262_144;

export interface ComposerTargets {
  readonly detail: () => ConversationDetail;
  readonly replyTo: () => MessageRow | null;
  readonly editing: () => MessageRow | null;
  /** Into this thread, which has a draft of its own. */
  readonly thread?: { readonly id: ThreadId; readonly draft: string } | undefined;
}

/** Writing in one conversation: text, files, draft, typing notices; sending, replying and editing. */
export const useComposer = ({ detail, replyTo, editing, thread }: ComposerTargets) => {
  const engine = useEngine();
  const session = useSession();
  const id = detail().row.id;
  const text = ref(thread?.draft ?? detail().draft);
  const error: Ref<RpcError | null> = shallowRef(null);
  const isSending = ref(false);
  const uploads = useUploads();
  const wishes = useWishes(() => detail().capabilities);
  /** Names that were picked for this text, and whose they are. */
  const picked = new Map<string, AddressId>();
  let savedDraft = text.value;
  let textBeforeEdit = '';

  const limit = computed(() => Math.min(detail().capabilities.maxTextLength ?? longestText, longestText));
  const overLength = computed(() => Math.max(0, text.value.length - limit.value));
  const canSubmit = computed(
    () =>
      detail().capabilities.canSend &&
      overLength.value === 0 &&
      !isSending.value &&
      !uploads.isBusy.value &&
      (text.value.trim() !== '' || (!editing() && uploads.readyIds.value.length > 0)),
  );

  const typing = createTypingThrottle((isTyping) => {
    if (!session.settings.sendsTyping || !detail().capabilities.showsTyping) return;
    void engine.call('conversations.setTyping', { id, isTyping }).catch(() => undefined);
  });

  let draftTimer: number | undefined;
  const saveDraft = (): void => {
    window.clearTimeout(draftTimer);
    draftTimer = undefined;
    if (editing() || text.value === savedDraft || text.value.length > longestText) return;
    savedDraft = text.value;
    const saving =
      thread === undefined
        ? engine.call('conversations.setDraft', { id, text: savedDraft })
        : engine.call('threads.setDraft', { id: thread.id, text: savedDraft });
    void saving.catch(() => undefined);
  };
  watch(text, (now) => {
    error.value = null;
    typing.typed(now === '' || editing() !== null);
    window.clearTimeout(draftTimer);
    draftTimer = window.setTimeout(saveDraft, draftPauseMs);
  });
  onScopeDispose(() => {
    saveDraft();
    typing.stop();
  });

  watch(editing, (now, before) => {
    if (now) {
      if (!before) textBeforeEdit = text.value;
      text.value = now.text;
    } else if (before) {
      text.value = textBeforeEdit;
    }
  });

  const send = async (): Promise<boolean> => {
    const draft = text.value;
    const files = uploads.readyIds.value;
    const hints = wishes.hints.value;
    const named = namedPeople(draft, picked);
    isSending.value = true;
    text.value = '';
    try {
      await engine.call('messages.send', {
        conversationId: id,
        clientId: crypto.randomUUID(),
        text: draft.trim() === '' ? '' : draft,
        replyToId: replyTo()?.id ?? null,
        ...(thread === undefined ? {} : { threadId: thread.id }),
        files,
        mentions: named.length === 0 ? undefined : named,
        hints,
      });
      picked.clear();
      wishes.sent();
      uploads.clear();
      saveDraft();
      return true;
    } catch (thrown) {
      text.value = draft;
      queueMicrotask(() => (error.value = toRpcError(thrown)));
      return false;
    } finally {
      isSending.value = false;
    }
  };
  const change = async (row: MessageRow): Promise<boolean> => {
    if (text.value === row.text) return true;
    isSending.value = true;
    try {
      await engine.call('messages.edit', { id: row.id, text: text.value });
      return true;
    } catch (thrown) {
      error.value = toRpcError(thrown);
      return false;
    } finally {
      isSending.value = false;
    }
  };

  /** True when it was taken; else `error` says why and the text stays. */
  const submit = async (): Promise<boolean> => {
    if (!canSubmit.value) return false;
    typing.stop();
    const row = editing();
    return row ? change(row) : send();
  };

  return { text, error, isSending, overLength, canSubmit, uploads, wishes, picked, submit };
};
