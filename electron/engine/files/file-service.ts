import { rmSync, statSync } from 'node:fs';
import { BridgeError, toFault, type BridgeSession } from '#bridge';
import type { AccountId } from '#model';
import { maxUploadBytes, type AttachmentId, type Fault, type HostFile } from '#rpc';
import type { Log } from '../log/log.ts';
import { notFound } from '../rpc/rpc-failure.ts';
import type { WritableDb } from '../store/database.ts';
import { attachments, type AttachmentRecord } from '../store/repositories/attachments.ts';
import { messages } from '../store/repositories/messages.ts';
import { runDurably } from '../store/transaction.ts';
import { plainMimeType } from './content-type.ts';
import type { FileFolder } from './file-folder.ts';
import { inspectFile, type FileFacts } from './inspect-file.ts';
import { safeFileName } from './safe-name.ts';

export interface FileServiceOptions {
  readonly db: WritableDb;
  readonly folder: FileFolder;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  /** A row that shows the attachment has changed. */
  readonly onChange: (attachment: AttachmentRecord) => void;
  readonly log: Log;
}

export interface FileService {
  /** Fetches an attachment once, however often it is asked for at a time. False: the row's fault says why not. */
  readonly fetch: (id: AttachmentId) => Promise<boolean>;
  /** Where the bytes lie, for the process that shows them; null when they are not (or no longer) here. */
  readonly hostFile: (id: AttachmentId) => Promise<HostFile | null>;
  /** Breaks off what is being fetched. */
  readonly stop: () => void;
}

/** A file larger than what may be sent is not taken either. */
const maxFetchBytes = maxUploadBytes;
const fetchTimeoutMs = 30 * 60_000;

/** A claim to be an image that the bytes do not support is dropped: the page must not try to show it. */
const mimeOf = (claimed: string, facts: FileFacts): string => {
  const plain = plainMimeType(claimed);
  return facts.imageMime ?? (plain.startsWith('image/') ? 'application/octet-stream' : plain);
};

export const createFileService = ({ db, folder, sessionOf, onChange, log }: FileServiceOptions): FileService => {
  const fetching = new Map<AttachmentId, Promise<boolean>>();
  /** Files whose bytes were compared with what was stored about them, in this run. */
  const verified = new Map<string, FileFacts>();
  const abort = new AbortController();

  const existing = (id: AttachmentId): AttachmentRecord => {
    const record = attachments.get(db, id);
    if (record === null) throw notFound('attachment');
    return record;
  };
  const announce = (id: AttachmentId): void => {
    const record = attachments.get(db, id);
    if (record !== null) onChange(record);
  };
  const fail = (id: AttachmentId, fault: Fault): void => {
    runDurably(db, () => attachments.setFailed(db, id, fault));
    announce(id);
  };

  const download = async (record: AttachmentRecord): Promise<void> => {
    const target = messages.target(db, record.messageId);
    const ability = target === null ? undefined : sessionOf(target.accountId)?.attachments;
    if (ability === undefined) throw new BridgeError('offline', { detail: 'the account is not connected' });
    if ((record.remote.sizeBytes ?? 0) > maxFetchBytes) throw new BridgeError('too-large', { limitBytes: maxFetchBytes });
    const { fileName, path } = folder.draft();
    const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(fetchTimeoutMs)]);
    try {
      await ability.download(record.remote, path, maxFetchBytes, signal);
      const facts = await inspectFile(path);
      if (facts.sizeBytes > maxFetchBytes) throw new BridgeError('too-large', { limitBytes: maxFetchBytes });
      folder.keep(fileName, path);
      const { sizeBytes, sha256 } = facts;
      runDurably(db, () =>
        attachments.setReady(db, record.id, { fileName, sizeBytes, sha256, mime: mimeOf(record.remote.mime, facts) }),
      );
      verified.set(fileName, facts);
    } finally {
      rmSync(path, { force: true });
    }
  };

  const fetchOnce = async (id: AttachmentId): Promise<boolean> => {
    const record = existing(id);
    if (record.state === 'ready' && (await verifiedFacts(record)) !== null) return true;
    attachments.setFetching(db, id);
    announce(id);
    try {
      await download(record);
      announce(id);
      return true;
    } catch (error) {
      const fault = toFault(error);
      if (fault.code === 'internal') log.error('attachment failed', { attachmentId: id, error });
      fail(id, fault.code === 'internal' ? { code: 'internal' } : fault);
      return false;
    }
  };

  /** What the file is, if it still is what was stored; a changed or lost file can be fetched again. */
  const verifiedFacts = async (record: AttachmentRecord): Promise<FileFacts | null> => {
    const { fileName, sha256 } = record;
    if (fileName === null) return null;
    const path = folder.pathOf(fileName);
    const known = verified.get(fileName);
    const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size;
    if (known !== undefined && sizeBytes === known.sizeBytes) return known;
    const facts = sizeBytes === undefined ? null : await inspectFile(path);
    if (facts?.sha256 !== sha256 || facts === null) {
      log.warn('a stored file is missing or was changed', { attachmentId: record.id });
      fail(record.id, { code: 'file-damaged' });
      return null;
    }
    verified.set(fileName, facts);
    return facts;
  };

  return {
    fetch: (id) => {
      const running = fetching.get(id);
      if (running !== undefined) return running;
      const started = fetchOnce(id).finally(() => fetching.delete(id));
      fetching.set(id, started);
      return started;
    },
    hostFile: async (id) => {
      const record = attachments.get(db, id);
      if (record === null || record.state !== 'ready' || record.fileName === null) return null;
      const facts = await verifiedFacts(record);
      if (facts === null) return null;
      return {
        path: folder.pathOf(record.fileName),
        name: safeFileName(record.remote.name),
        mime: mimeOf(record.remote.mime, facts),
        sizeBytes: facts.sizeBytes,
        isInline: facts.isInline,
      };
    },
    stop: () => abort.abort(),
  };
};
