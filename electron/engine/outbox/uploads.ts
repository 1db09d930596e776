import type { SendControl } from '#bridge';
import type { ConversationId, MessageId, RpcEvents } from '#rpc';

export interface UploadsOptions {
  readonly onProgress: (progress: RpcEvents['uploads.changed']) => void;
  readonly now: () => number;
}

/** Files of ours on their way. Lives in memory only: how far an upload got is worth no write. */
export interface Uploads {
  /** To be given to the bridge; `done` when it answered, well or not. */
  readonly start: (id: MessageId, conversationId: ConversationId) => { readonly control: SendControl; readonly done: () => void };
  /** Breaks off; false when there is nothing under way. */
  readonly cancel: (id: MessageId) => boolean;
  /** Whether a person broke off the last try of this message. */
  readonly isCancelled: (id: MessageId) => boolean;
}

const quietMs = 100;

export const createUploads = ({ onProgress, now }: UploadsOptions): Uploads => {
  const running = new Map<MessageId, AbortController>();
  const cancelled = new Set<MessageId>();
  return {
    start: (messageId, conversationId) => {
      const abort = new AbortController();
      running.set(messageId, abort);
      cancelled.delete(messageId);
      let toldAtMs = -Infinity;
      const tell = (sentBytes: number, totalBytes: number): void => {
        const isEnd = sentBytes >= totalBytes;
        if (!isEnd && now() - toldAtMs < quietMs) return;
        toldAtMs = now();
        onProgress({ conversationId, messageId, sentBytes, totalBytes });
      };
      return {
        control: { onProgress: tell, signal: abort.signal },
        done: () => {
          if (running.get(messageId) === abort) running.delete(messageId);
        },
      };
    },
    cancel: (id) => {
      const abort = running.get(id);
      if (abort === undefined) return false;
      cancelled.add(id);
      abort.abort();
      return true;
    },
    isCancelled: (id) => cancelled.has(id),
  };
};
