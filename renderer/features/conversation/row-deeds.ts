import { inject, type InjectionKey } from 'vue';
import type { AttachmentRow, MessageRow } from '../../rpc/index.ts';

/**
 * What can be asked for where a message is shown. Handed down by whoever does it: the pane for the timeline, a thread
 * for what is different in it; nothing in between passes it on.
 */
export interface RowDeeds {
  readonly openLink: (url: string) => void;
  readonly openImage: (file: AttachmentRow) => void;
  /** To the message with this id. */
  readonly jump: (id: number) => void;
  readonly retry: (row: MessageRow) => void;
  readonly discard: (row: MessageRow) => void;
  readonly react: (row: MessageRow, emoji: string, isOn: boolean) => void;
  readonly fillGap: (row: MessageRow) => void;
  readonly reply: (row: MessageRow) => void;
  readonly edit: (row: MessageRow) => void;
  readonly remove: (row: MessageRow) => void;
  readonly moderate: (row: MessageRow) => void;
  readonly thread: (row: MessageRow) => void;
  readonly pin: (row: MessageRow) => void;
  readonly copy: (row: MessageRow) => void;
  readonly push: (row: MessageRow) => void;
}

export const rowDeedsKey: InjectionKey<RowDeeds> = Symbol('row deeds');

/** @throws where no conversation is open around */
export const useRowDeeds = (): RowDeeds => {
  const deeds = inject(rowDeedsKey, null);
  if (deeds === null) throw new Error('no conversation around this message');
  return deeds;
};
