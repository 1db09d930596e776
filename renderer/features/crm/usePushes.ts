import { inject, shallowRef, type InjectionKey, type Ref } from 'vue';
import { useI18n } from 'vue-i18n';
import {
  toRpcError,
  useEngine,
  useEvent,
  useSession,
  type ConnectionId,
  type ConversationId,
  type PushId,
  type MessageId,
  type PushPreview,
  type PushRange,
  type PushRow,
} from '../../rpc/index.ts';
import { useFaultText } from '../../i18n/useFaultText.ts';
import { useToasts } from '../../ui/useToasts.ts';
import { visibleText } from '../../ui/visible-text.ts';

export interface OpenSheet {
  readonly conversationId: ConversationId;
  readonly connectionId: ConnectionId | null;
  /** Already planned by the one-click path; null: the sheet plans itself. */
  readonly preview: PushPreview | null;
  /** From one message on; absent: as remembered for the conversation. */
  readonly range?: PushRange | undefined;
}

export interface Pushes {
  readonly sheet: Ref<OpenSheet | null>;
  readonly isPushing: Readonly<Ref<boolean>>;
  /** One click when nothing is to decide, else the sheet. */
  pushNow(conversationId: number, connectionId?: ConnectionId | null): Promise<void>;
  /** Always the sheet. */
  preview(conversationId: number, connectionId?: ConnectionId | null): void;
  /** The sheet, beginning with one message. */
  previewFrom(conversationId: number, fromId: MessageId): void;
  /** Tells that a push was queued, with a way back while there is one. */
  announce(push: PushRow): void;
}

export const pushesKey: InjectionKey<Pushes> = Symbol('pushes');

interface PushRoutes {
  readonly toConnections: () => void;
  readonly toQueue: () => void;
}

/** Pushing, wherever it is asked for: header, side panel, palette, keyboard. Made once by the work screen. */
export const createPushes = ({ toConnections, toQueue }: PushRoutes): Pushes => {
  const { t } = useI18n();
  const engine = useEngine();
  const session = useSession();
  const toasts = useToasts();
  const faultText = useFaultText();
  const sheet = shallowRef<OpenSheet | null>(null);
  const isPushing = shallowRef(false);
  const watched = new Set<PushId>();

  const undo = async (push: PushRow): Promise<void> => {
    try {
      await engine.call('crm.cancel', { id: push.id });
      toasts.show({ text: t('crm.taken'), tone: 'note' });
    } catch (thrown) {
      toasts.show({ text: faultText(toRpcError(thrown)), tone: 'problem' });
    }
  };
  const announce = (push: PushRow): void => {
    watched.add(push.id);
    const name = visibleText(push.connectionName);
    const leftMs = push.undoUntilMs === null ? 0 : push.undoUntilMs - Date.now();
    const text = t('crm.queued', { name });
    if (leftMs <= 0) toasts.show({ text, tone: 'note' });
    else toasts.show({ text, tone: 'note', actionLabel: t('common.undo'), undoUntilMs: push.undoUntilMs ?? 0, act: () => void undo(push) }, leftMs);
  };

  useEvent('crm.changed', ({ push }) => {
    if (!push || !watched.has(push.id)) return;
    const name = visibleText(push.connectionName);
    if (push.state === 'done') {
      const leftOut = push.fault?.code === 'file-unavailable' ? visibleText(push.fault.detail ?? '') : '';
      if (leftOut === '') toasts.show({ text: t('crm.donePush', { name }), tone: 'note' });
      else toasts.show({ text: t('crm.donePushWithout', { name, names: leftOut }), tone: 'problem' }, 12_000);
    }
    if (push.state === 'needs-you') {
      toasts.show({ text: t('crm.needsYou', { name }), tone: 'problem', actionLabel: t('crm.showQueue'), act: toQueue }, 12_000);
    }
    if (push.state === 'done' || push.state === 'cancelled' || push.state === 'needs-you') watched.delete(push.id);
  });

  const pushNow = async (conversationId: number, connectionId: ConnectionId | null = null): Promise<void> => {
    if (session.connections.length === 0) return toConnections();
    if (isPushing.value || sheet.value) return;
    isPushing.value = true;
    const id = conversationId as ConversationId;
    try {
      const { push, preview } = await engine.call('crm.pushNow', { conversationId: id, connectionId });
      if (push) announce(push);
      else sheet.value = { conversationId: id, connectionId, preview };
    } catch (thrown) {
      toasts.show({ text: faultText(toRpcError(thrown)), tone: 'problem' });
    } finally {
      isPushing.value = false;
    }
  };

  return {
    sheet,
    isPushing,
    pushNow,
    announce,
    previewFrom: (conversationId, fromId) => {
      if (session.connections.length === 0) toConnections();
      else sheet.value = { conversationId: conversationId as ConversationId, connectionId: null, preview: null, range: { since: 'message', fromId } };
    },
    preview: (conversationId, connectionId = null) => {
      if (session.connections.length === 0) toConnections();
      else sheet.value = { conversationId: conversationId as ConversationId, connectionId, preview: null };
    },
  };
};

export const usePushes = (): Pushes => {
  const pushes = inject(pushesKey);
  if (!pushes) throw new Error('No pushes were provided to this screen.');
  return pushes;
};
