import { BridgeError, type BridgeSession, type FolderAbility, type FolderKeepingAbility } from '#bridge';
import { remoteConversationId, type AccountId, type FolderEntry, type RemoteConversationId } from '#model';
import type { ConversationId, FolderCandidate, FolderEntryRow, FolderId } from '#rpc';
import type { ReadableDb } from '../../store/database.ts';
import { accounts } from '../../store/repositories/accounts.ts';
import { conversations } from '../../store/repositories/conversations.ts';
import { folders, type FolderRecord } from '../../store/repositories/folders.ts';
import type { DomainHandlers } from '../handlers.ts';
import { RpcFailure, notFound } from '../rpc-failure.ts';

export interface FolderHandlerDeps {
  readonly db: ReadableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
}

const browseDeadlineMs = 30_000;
const done = { isDone: true } as const;

/** Folders of the networks; what is in them beside our own conversations is asked of the network. */
export const createFolderHandlers = ({ db, sessionOf }: FolderHandlerDeps): DomainHandlers<'folders'> => {
  /** @throws BridgeError `offline` */
  const running = (accountId: AccountId): BridgeSession => {
    const session = sessionOf(accountId);
    if (session === null) throw new BridgeError('offline', { detail: 'the account is not connected' });
    return session;
  };
  const recordOf = (id: FolderId): FolderRecord => {
    const record = folders.get(db, id);
    if (record === null) throw notFound('folder');
    return record;
  };
  const folder = (id: FolderId): FolderRecord & { readonly ability: FolderAbility } => {
    const record = recordOf(id);
    const { folders: ability } = running(record.accountId);
    if (ability === undefined) throw new BridgeError('unsupported');
    return { ...record, ability };
  };
  const keepingOf = (accountId: AccountId): FolderKeepingAbility => {
    const { folderKeeping } = running(accountId);
    if (folderKeeping === undefined) throw new BridgeError('unsupported');
    return folderKeeping;
  };
  const kept = (id: FolderId): FolderRecord & { readonly keeping: FolderKeepingAbility } => {
    const record = recordOf(id);
    return { ...record, keeping: keepingOf(record.accountId) };
  };
  const conversationOf = (id: ConversationId): { readonly accountId: AccountId; readonly remoteId: RemoteConversationId } => {
    const conversation = conversations.get(db, id);
    if (conversation === null) throw notFound('conversation');
    return conversation;
  };
  /** What another account has means nothing in this folder. */
  const inAccount = (accountId: AccountId, found: { readonly accountId: AccountId; readonly remoteId: string }): string => {
    if (found.accountId !== accountId) throw new RpcFailure('not-possible', 'this belongs to another account');
    return found.remoteId;
  };
  const candidateOf = (accountId: AccountId, entry: FolderCandidate): string =>
    inAccount(accountId, 'folderId' in entry ? recordOf(entry.folderId) : conversationOf(entry.conversationId));
  const toRow = (accountId: AccountId, entry: FolderEntry): FolderEntryRow => {
    const { entryId, isFolder } = entry;
    return {
      ...entry,
      conversationId: entryId === undefined || isFolder ? null : conversations.findId(db, accountId, remoteConversationId(entryId)),
      folderId: entryId === undefined || !isFolder ? null : folders.findId(db, accountId, entryId),
    };
  };
  return {
    'folders.list': () => folders.list(db),
    'folders.browse': async ({ id, next }) => {
      const { ability, remoteId, accountId } = folder(id);
      const page = await ability.browse(remoteId, next, AbortSignal.timeout(browseDeadlineMs));
      return { entries: page.entries.map((entry) => toRow(accountId, entry)), next: page.next };
    },
    'folders.join': async ({ id, address }) => {
      await folder(id).ability.join(address);
      return done;
    },
    'folders.create': async ({ accountId, parentId, name, topic, invite, isPublic }) => {
      if (accounts.get(db, accountId) === null) throw notFound('account');
      const parent = parentId === null ? null : inAccount(accountId, recordOf(parentId));
      const made = { name: name.trim(), topic: topic.trim(), invite, isPublic, parentId: parent };
      return { id: folders.findId(db, accountId, await keepingOf(accountId).create(made)) };
    },
    'folders.places': async ({ conversationId }) => {
      const { accountId, remoteId } = conversationOf(conversationId);
      const places = await keepingOf(accountId).places(remoteId);
      return places.flatMap(({ folderId, isIn, canArrange }) => {
        const id = folders.findId(db, accountId, folderId);
        return id === null ? [] : [{ id, isIn, canArrange }];
      });
    },
    'folders.canArrange': async ({ id }) => {
      const { keeping, remoteId } = kept(id);
      return { canArrange: await keeping.canArrange(remoteId) };
    },
    'folders.put': async ({ id, entry }) => {
      const { keeping, remoteId, accountId } = kept(id);
      await keeping.put(remoteId, candidateOf(accountId, entry));
      return done;
    },
    'folders.take': async ({ id, entryId }) => {
      const { keeping, remoteId } = kept(id);
      await keeping.take(remoteId, entryId);
      return done;
    },
    'folders.takeConversation': async ({ id, conversationId }) => {
      const { keeping, remoteId, accountId } = kept(id);
      await keeping.take(remoteId, candidateOf(accountId, { conversationId }));
      return done;
    },
    'folders.move': async ({ id, entryId, beforeId }) => {
      const { keeping, remoteId } = kept(id);
      await keeping.move(remoteId, entryId, beforeId);
      return done;
    },
    'folders.invite': async ({ id, address }) => {
      const { keeping, remoteId } = kept(id);
      await keeping.invite(remoteId, address.trim());
      return done;
    },
    'folders.leave': async ({ id }) => {
      const { keeping, remoteId } = kept(id);
      await keeping.leave(remoteId);
      return done;
    },
  };
};
