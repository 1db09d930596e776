import { isRetryable, type BridgeFault } from '#bridge';
import { Offline, Permanent, type PushFiles } from '../crm/index.ts';
import type { ReadableDb } from '../store/database.ts';
import { attachments } from '../store/repositories/attachments.ts';
import type { FileService } from './file-service.ts';

/** Files of messages for a push: the copy that is here, or one fetched now. */
export const createPushFiles = (db: ReadableDb, files: FileService): PushFiles => ({
  ensure: async (id, signal) => {
    signal.throwIfAborted();
    const isReady = await files.fetch(id);
    const file = isReady ? await files.hostFile(id) : null;
    if (file !== null) return { path: file.path, sizeBytes: file.sizeBytes };
    const fault = attachments.get(db, id)?.fault as BridgeFault | null | undefined;
    const detail = fault?.code ?? 'not-found';
    if (fault != null && isRetryable(fault)) throw new Offline({ detail });
    throw new Permanent('file-unavailable', { detail });
  },
});
