import { BridgeError, type BridgeSession, type FolderAbility } from '#bridge';
import type { AccountId } from '#model';
import type { FolderId } from '#rpc';
import type { ReadableDb } from '../../store/database.ts';
import { folders } from '../../store/repositories/folders.ts';
import type { DomainHandlers } from '../handlers.ts';
import { notFound } from '../rpc-failure.ts';

export interface FolderHandlerDeps {
  readonly db: ReadableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
}

const browseDeadlineMs = 30_000;

/** Folders of the networks; what is in them beside our own conversations is asked of the network. */
export const createFolderHandlers = ({ db, sessionOf }: FolderHandlerDeps): DomainHandlers<'folders'> => {
  /** @throws BridgeError `offline`, `unsupported` */
  const folder = (id: FolderId): { readonly ability: FolderAbility; readonly remoteId: string } => {
    const record = folders.get(db, id);
    if (record === null) throw notFound('folder');
    const session = sessionOf(record.accountId);
    if (session === null) throw new BridgeError('offline', { detail: 'the account is not connected' });
    if (session.folders === undefined) throw new BridgeError('unsupported');
    return { ability: session.folders, remoteId: record.remoteId };
  };
  return {
    'folders.list': () => folders.list(db),
    'folders.browse': async ({ id, next }) => {
      const { ability, remoteId } = folder(id);
      return await ability.browse(remoteId, next, AbortSignal.timeout(browseDeadlineMs));
    },
    'folders.join': async ({ id, address }) => {
      await folder(id).ability.join(address);
      return { isDone: true };
    },
  };
};
