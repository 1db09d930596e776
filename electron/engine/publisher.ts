import type { AccountId } from '#model';
import type { ConversationId, RpcEvents, Settings } from '#rpc';
import type { EventHub } from './rpc/event-hub.ts';
import type { ReadableDb } from './store/database.ts';
import { conversations } from './store/repositories/conversations.ts';
import { readAll } from './store/statements.ts';
import type { ChangeSet } from './sync/change-set.ts';
import { PresenceBoard } from './sync/presence-board.ts';
import { publishChanges, typingNames, type Publish } from './sync/publish-changes.ts';
import { TypingBoard } from './sync/typing-board.ts';

export interface PublisherOptions {
  readonly db: ReadableDb;
  readonly events: EventHub;
  readonly now: () => number;
  readonly settings: () => Pick<Settings, 'notifications'>;
  readonly removeFiles: (fileNames: readonly string[]) => void;
}

/** Tells pages and host what changed, and knows what is true only now: who types, who is there. */
export interface Publisher {
  /** After a commit, never before. */
  readonly publish: (changes: ChangeSet) => void;
  /** Only the row of a conversation changed. */
  readonly conversationChanged: (id: ConversationId) => void;
  /** The account is not connected any more: its people's presence is unknown. */
  readonly forgetPresence: (accountId: AccountId) => void;
  readonly contactsChanged: (id: AccountId) => void;
  readonly picturesChanged: (id: AccountId) => void;
  readonly presence: PresenceBoard;
  readonly typingIn: (id: ConversationId) => readonly string[];
  readonly stop: () => void;
}

export const createPublisher = ({ db, events, now, settings, removeFiles }: PublisherOptions): Publisher => {
  const presence = new PresenceBoard();
  const typingIn = (id: ConversationId): readonly string[] => typingNames(db, typing, id);
  const typing = new TypingBoard({ nowMs: now }, (conversationId) =>
    events.emit('typing.changed', { conversationId, names: typingIn(conversationId) }),
  );

  const publish: Publish = (event, payload) => {
    if (event === 'notification.raised') raise(payload as RpcEvents['notification.raised']);
    else events.emit(event, payload);
  };
  const raise = (notification: RpcEvents['notification.raised']): void => {
    const { notifications } = settings();
    if (notifications === 'off') return;
    events.emit('notification.raised', notifications === 'full' ? notification : { ...notification, body: '' });
  };

  return {
    publish: (changes) => {
      publishChanges(db, changes, { typing, presence }, publish);
      removeFiles(changes.removedFileNames);
    },
    contactsChanged: (accountId) => events.emit('contacts.changed', { accountId }),
    picturesChanged: (accountId) => events.emit('pictures.changed', { accountId }),
    conversationChanged: (id) =>
      events.emit('conversations.changed', { ids: [id], totalUnread: conversations.totalUnread(db) }),
    forgetPresence: (accountId) => {
      // An account may know tens of thousands of addresses.
      if (presence.isEmpty) return;
      const rows = readAll<{ id: Parameters<PresenceBoard['presenceOf']>[0]['id'] }>(
        db,
        'SELECT id FROM addresses WHERE account_id = ?',
        accountId,
      );
      presence.forget(rows.map(({ id }) => id));
    },
    presence,
    typingIn,
    stop: () => typing.stop(),
  };
};
