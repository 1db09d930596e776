/** An engine that lives in the page: enough of every method to look at and measure the interface. Never shipped. */
import type {
  AppInfo,
  ClientFrame,
  ConversationRow,
  EngineFrame,
  MessageAnchor,
  MessageId,
  MessageRow,
  RpcEvent,
  RpcEvents,
  RpcMethod,
  Settings,
  ShellPort,
} from '#rpc';
import { conversationKeys, messageKeys, toColumns } from '#rpc';
import { bridgeId, networkId, noCapabilities } from '#model';
import { accounts, makeConversations, makeMessages, makePerson } from './fake-data.ts';
import { connectors, makePreview, makePush, makeSummary, tryton } from './fake-crm.ts';

export interface FakeOptions {
  /** Instead of what it says by itself. */
  readonly answers?: Partial<Record<RpcMethod, () => unknown>>;
  readonly conversationCount?: number;
  readonly messageCount?: number;
  readonly settings?: Partial<Settings>;
  readonly hasAccounts?: boolean;
  readonly hasConnection?: boolean;
  readonly protection?: AppInfo['protection'];
  /** Answer time in milliseconds. */
  readonly delayMs?: number;
}

export interface FakeEngine extends ShellPort {
  readonly calls: readonly ClientFrame[];
  raise<Event extends RpcEvent>(event: Event, payload: RpcEvents[Event]): void;
  /** A message that comes in now. */
  receive(conversationId: number, text: string): void;
  close(reason: 'engine-stopped' | 'replaced' | 'unreachable'): void;
}

const login = (name: string, kind: 'address' | 'password' | 'text' | 'port', isRequired: boolean, isAdvanced: boolean, placeholder?: string) => ({ name, kind, isRequired, isAdvanced, placeholder });

const networks: AppInfo['networks'] = [
  { bridgeId: bridgeId('xmpp'), network: networkId('xmpp'), name: 'XMPP', canSignUp: true, canSignInOnWeb: false, loginFlows: [{ id: 'password', fields: [login('address', 'address', true, false, 'marta@levante.example'), login('password', 'password', true, false), login('host', 'text', false, true), login('port', 'port', false, true)] }] },
  { bridgeId: bridgeId('matrix'), network: networkId('matrix'), name: 'Matrix', canSignUp: false, canSignInOnWeb: false, loginFlows: [{ id: 'password', fields: [login('address', 'address', true, false, '@marta:levante.example'), login('password', 'password', true, false), login('server', 'text', false, true)] }] },
  { bridgeId: bridgeId('demo'), network: networkId('demo'), name: 'Sample data', canSignUp: false, canSignInOnWeb: false, loginFlows: [{ id: 'demo', fields: [] }] },
];

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

export const createFakeEngine = (options: FakeOptions = {}): FakeEngine => {
  const nowMs = Date.now();
  let settings: Settings = { locale: 'en', theme: 'light', closesToTray: true, notifications: 'full', isWelcomeDone: true, sendsReadReceipts: true, sendsRoomReceipts: false, sendsTyping: true, showsStyling: true, presence: 'online', statusText: '', awayAfterMinutes: 10, pushUndoSeconds: 10, ...options.settings };
  const ownAccounts = options.hasAccounts === false ? [] : accounts;
  let conversations = ownAccounts.length > 0 ? makeConversations(options.conversationCount ?? 200, nowMs) : [];
  const messages = new Map<number, MessageRow[]>();
  const calls: ClientFrame[] = [];
  const frameListeners: ((frame: unknown) => void)[] = [];
  const closeListeners: Parameters<ShellPort['onClose']>[0][] = [];
  let nextMessageId = 900_000_000;

  const emit = (frame: EngineFrame): void => frameListeners.forEach((listener) => listener(structuredClone(frame)));
  const raise: FakeEngine['raise'] = (event, payload) => emit({ event, payload });
  const messagesOf = (id: number): MessageRow[] => {
    const row = conversations.find((conversation) => conversation.id === id);
    if (!row) throw new Error('not-found');
    const known = messages.get(id) ?? makeMessages(row, options.messageCount ?? 400, nowMs);
    messages.set(id, known);
    return known;
  };
  const page = (id: number, anchor: MessageAnchor, limit: number) => {
    const all = messagesOf(id);
    const at = 'id' in anchor ? all.findIndex((row) => row.id === anchor.id) : all.length;
    const starts = { newest: all.length - limit, before: at - limit, after: at + 1, around: at - Math.floor(limit / 2) };
    const start = Math.max(0, starts[anchor.kind]);
    const end = anchor.kind === 'before' ? at : Math.min(all.length, start + limit);
    return { rows: toColumns(all.slice(start, end), messageKeys), hasOlder: start > 0, hasNewer: end < all.length };
  };
  const touch = (id: number, patch: Partial<ConversationRow>): void => {
    conversations = conversations.map((row) => (row.id === id ? { ...row, ...patch } : row)).sort((left, right) => right.activeAtMs - left.activeAtMs);
    raise('conversations.changed', { ids: [id as never], totalUnread: conversations.reduce((sum, row) => sum + row.unreadCount, 0) });
  };
  const append = (id: number, patch: Partial<MessageRow>): MessageId => {
    const all = messagesOf(id);
    const row: MessageRow = { ...all.at(-1)!, replyTo: null, attachments: [], reactions: [], push: null, kind: 'message', delivery: null, deletedAtMs: null, editedAtMs: null, fault: null, isPushed: false, id: nextMessageId++ as MessageId, sentAtMs: Date.now(), ...patch };
    all.push(row);
    raise('messages.changed', { conversationId: id as never, ids: [row.id], removedIds: [], hasNewest: true });
    touch(id, { activeAtMs: row.sentAtMs, lastText: row.text, lastIsOwn: row.isOwn });
    return row.id;
  };
  const change = (messageId: number, patch: Partial<MessageRow>): void => {
    for (const [id, rows] of messages) {
      const index = rows.findIndex((row) => row.id === messageId);
      if (index === -1) continue;
      rows[index] = { ...rows[index]!, ...patch };
      raise('messages.changed', { conversationId: id as never, ids: [messageId as never], removedIds: [], hasNewest: false });
    }
  };
  const detail = (id: number) => {
    const row = conversations.find((conversation) => conversation.id === id)!;
    const isOpen = row.security === 'plain';
    const capabilities = isOpen
      ? { ...noCapabilities, canSend: true, canReply: true, canReact: true, canEdit: true, editWindowMs: 900_000, canDelete: true, canSendFiles: true, showsTyping: true, canLoadOlder: false }
      : { ...noCapabilities, sendBlockedBy: 'encrypted' as const };
    return { row, topic: null, invitation: null, accountAddress: accounts[0]!.address, capabilities, draft: '', person: row.kind === 'direct' ? makePerson(row) : null, participants: [], participantCount: 4, typing: [], files: [{ attachmentId: 11 as never, messageId: messagesOf(id).at(-3)!.id, name: 'oferta-2026-118.pdf', sizeBytes: 184_320, isPushed: true, sentAtMs: nowMs }], readUpToId: messagesOf(id).at(-3)!.id, threads: { count: 0, unreadCount: 0 }, pinnedIds: [], pinCount: 0 };
  };

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers of sixty methods, checked where they are shown
  const answers: Partial<Record<RpcMethod, (input: any) => unknown>> = {
    'app.setActive': () => ({ isSet: true }),
    'app.start': () => ({ version: '0.1.0', protection: options.protection ?? 'keychain', host: 'browser', settings, networks, accounts: ownAccounts, connections: options.hasConnection === false ? [] : [tryton] }),
    'settings.set': ({ patch }) => (settings = { ...settings, ...patch }),
    'conversations.list': ({ filter, after, limit }) => {
      const fits = conversations.filter((row) => (!filter.isUnread || row.unreadCount > 0) && (!filter.accountId || row.accountId === filter.accountId) && (!filter.text || fold(row.title).includes(fold(filter.text))) && (!filter.hasUnpushed || row.unpushedCount > 0) && (filter.isPushed === undefined || filter.isPushed === (row.pushTag !== null)) && (filter.isDone === undefined || filter.isDone === row.isDone));
      const start = after ? fits.findIndex((row) => row.id === after.id) + 1 : 0;
      const rows = fits.slice(start, start + limit);
      const last = rows.at(-1);
      return { rows: toColumns(rows, conversationKeys), next: last && start + limit < fits.length ? { isPinned: last.isPinned, activeAtMs: last.activeAtMs, id: last.id } : null, totalUnread: 6 };
    },
    'conversations.get': ({ ids }) => toColumns(conversations.filter((row) => ids.includes(row.id)), conversationKeys),
    'conversations.open': ({ id, anchor, limit }) => ({ detail: detail(id), page: page(id, anchor, limit) }),
    'conversations.detail': ({ id }) => detail(id),
    'conversations.markRead': ({ id }) => (touch(id, { unreadCount: 0 }), { unreadCount: 0 }),
    'conversations.setMuted': ({ id, isMuted }) => (touch(id, { isMuted }), { isMuted }),
    'conversations.setNotify': ({ id, level }) => (touch(id, { notify: level, isMuted: level === 'none' }), { level }),
    'conversations.setPinned': ({ id, isPinned }) => (touch(id, { isPinned }), { isPinned }),
    'messages.page': ({ conversationId, anchor, limit }) => page(conversationId, anchor, limit),
    'messages.get': ({ ids }) => toColumns([...messages.values()].flat().filter((row) => ids.includes(row.id)), messageKeys),
    'messages.send': ({ conversationId, text }) => {
      const id = append(conversationId, { text, isOwn: true, delivery: 'waiting', senderName: 'Jordi', senderId: null });
      setTimeout(() => change(id, { delivery: 'sent' }), 300);
      setTimeout(() => change(id, { delivery: 'read' }), 900);
      return { ids: [id] };
    },
    'messages.edit': ({ id, text }) => (change(id, { text, editedAtMs: Date.now() }), { isQueued: true }),
    'messages.delete': ({ id }) => (change(id, { deletedAtMs: Date.now() }), { isQueued: true }),
    'messages.react': ({ id, emoji, isOn }) => (change(id, { reactions: isOn ? [{ emoji, count: 1, isOwn: true, names: ['You'] }] : [] }), { isQueued: true }),
    'search.messages': ({ query, limit }) => {
      const hits = [1, 2, 3].flatMap((id) => (conversations.some((row) => row.id === id) ? messagesOf(id) : [])).filter((row) => fold(row.text).includes(fold(query))).reverse().slice(0, limit);
      return { hits: hits.map((row) => ({ messageId: row.id, conversationId: row.conversationId, conversationTitle: conversations.find(({ id }) => id === row.conversationId)!.title, network: networkId('xmpp'), accountId: accounts[0]!.id, senderName: row.senderName, sentAtMs: row.sentAtMs, excerpt: row.text, marks: [[fold(row.text).indexOf(fold(query)), fold(row.text).indexOf(fold(query)) + query.length]] })), next: null };
    },
    'crm.connectors': () => connectors,
    'crm.plan': ({ conversationId }) => makePreview(conversationId),
    'crm.push': () => makePush(1, 'undoable'),
    'crm.pushNow': ({ conversationId }) => (conversationId === 1 ? { push: null, preview: makePreview(1) } : { push: makePush(conversationId, 'undoable'), preview: null }),
    'crm.queue': () => [makePush(1, 'needs-you'), makePush(2, 'waiting'), makePush(3, 'done')],
    'crm.withdraw': () => ({ withdrawnCount: 2, keptCount: 1 }),
    'crm.audit': () => [],
    'followUp.lost': () => [],
    'followUp.doneState': ({ conversationId }) => ({ isDone: conversations.some(({ id, isDone }) => id === conversationId && isDone) }),
    'followUp.setDone': ({ conversationId, isDone }) => (touch(conversationId, { isDone }), { isDone, pushes: [] }),
    'followUp.options': () => ({ isPushedWhenDone: false, eveningMinute: null, rules: [] }),
    'followUp.record': () => null,
    'crm.neverPush': () => ({ isPerson: false, isConversation: false, isAccount: false }),
    'crm.summary': () => makeSummary(options.hasConnection !== false),
    'accounts.add': () => {
      throw Object.assign(new Error('refused'), { code: 'wrong-password' });
    },
  };

  return {
    calls,
    raise,
    receive: (id, text) => {
      append(id, { text, isOwn: false, senderName: conversations.find((row) => row.id === id)?.title ?? '' });
    },
    close: (reason) => closeListeners.forEach((listener) => listener(reason)),
    onFrame: (listener) => void frameListeners.push(listener),
    onClose: (listener) => void closeListeners.push(listener),
    post: (frame) => {
      const call = frame as ClientFrame;
      calls.push(call);
      setTimeout(() => {
        const refuse = (thrown: unknown): void => {
          const code = (thrown as { code?: string }).code ?? (thrown as Error).message;
          emit({ id: call.id, error: { code, message: code, isRetryable: false, detail: 'SASL: not-authorized', server: 'levante.example' } });
        };
        try {
          const answer = options.answers?.[call.method as RpcMethod];
          const output = (answer ? answer() : answers[call.method as RpcMethod]?.(call.input)) ?? {};
          if (output instanceof Promise) output.then((later: unknown) => emit({ id: call.id, output: later }), refuse);
          else emit({ id: call.id, output });
        } catch (thrown) {
          refuse(thrown);
        }
      }, options.delayMs ?? 1);
    },
  };
};
