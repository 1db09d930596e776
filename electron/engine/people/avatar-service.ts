import { rmSync, statSync } from 'node:fs';
import { BridgeError, toFault, type BridgeSession } from '#bridge';
import type { AccountId, RemoteAvatar } from '#model';
import type { ConversationId, HostFile } from '#rpc';
import type { FileFolder } from '../files/file-folder.ts';
import { inspectFile } from '../files/inspect-file.ts';
import type { Log } from '../log/log.ts';
import type { WritableDb } from '../store/database.ts';
import { avatars, type WantedAvatar } from '../store/repositories/avatars.ts';
import { runDurably } from '../store/transaction.ts';

export interface AvatarServiceOptions {
  readonly db: WritableDb;
  readonly folder: FileFolder;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  readonly isOnline: (id: AccountId) => boolean;
  /** A picture is here; these conversations look different now. */
  readonly onChange: (accountId: AccountId, conversationIds: readonly ConversationId[]) => void;
  readonly log: Log;
}

export interface AvatarService {
  /** Fetches what an account wants, a few at a time; harmless to call again. */
  readonly wake: (id: AccountId) => void;
  /** Where the bytes of a picture lie; null: there is none with this id. */
  readonly hostFile: (id: number) => Promise<HostFile | null>;
  readonly stop: () => void;
}

export const maxAvatarBytes = 256 * 1024;
const maxSidePx = 2_048;
const shownTypes: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif']);
const fetchTimeoutMs = 60_000;
const atOnce = 3;
const batchSize = 50;
/** Faults after which the same picture may be had later. */
const passing: ReadonlySet<string> = new Set(['offline', 'server-unreachable', 'rate-limited', 'cancelled']);

/** Brings pictures of people and rooms here, checks what they are, and keeps each once. */
export const createAvatarService = (options: AvatarServiceOptions): AvatarService => {
  const { db, folder, sessionOf, isOnline, onChange, log } = options;
  const running = new Set<AccountId>();
  const again = new Set<AccountId>();
  const abort = new AbortController();

  /** @throws BridgeError when these bytes are no small picture */
  const keep = async (path: string): Promise<number> => {
    const { sizeBytes, sha256, imageMime, widthPx, heightPx } = await inspectFile(path);
    if (sizeBytes > maxAvatarBytes) throw new BridgeError('too-large', { limitBytes: maxAvatarBytes });
    const isShown = imageMime !== null && shownTypes.has(imageMime);
    const isBounded = (widthPx ?? 0) > 0 && (heightPx ?? 0) > 0 && Math.max(widthPx ?? 0, heightPx ?? 0) <= maxSidePx;
    if (!isShown || !isBounded) throw new BridgeError('rejected', { detail: 'no picture that may be shown' });
    const known = avatars.findByHash(db, sha256);
    if (known !== null && statSync(folder.pathOf(known.fileName), { throwIfNoEntry: false }) !== undefined) return known.id;
    if (known !== null) {
      folder.keep(known.fileName, path);
      return known.id;
    }
    const { fileName } = folder.draft();
    folder.keep(fileName, path);
    return avatars.add(db, { sha256, fileName, mime: imageMime }).id;
  };

  const download = async (session: BridgeSession, avatar: RemoteAvatar): Promise<number> => {
    if (session.avatars === undefined) throw new BridgeError('unsupported');
    if ((avatar.sizeBytes ?? 0) > maxAvatarBytes) throw new BridgeError('too-large', { limitBytes: maxAvatarBytes });
    const { path } = folder.draft();
    try {
      const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(fetchTimeoutMs)]);
      await session.avatars.download(avatar, path, maxAvatarBytes, signal);
      return await keep(path);
    } finally {
      rmSync(path, { force: true });
    }
  };

  /** False: not now. */
  const fetchOne = async (accountId: AccountId, wanted: WantedAvatar): Promise<boolean> => {
    const session = sessionOf(accountId);
    if (session === null || !isOnline(accountId)) return false;
    try {
      const id = await download(session, wanted.avatar);
      runDurably(db, () => avatars.settle(db, accountId, wanted.key, id));
      onChange(accountId, avatars.shownIn(db, id));
      return true;
    } catch (error) {
      if (abort.signal.aborted) return false;
      const { code, detail } = toFault(error);
      if (passing.has(code)) return false;
      log.info('a picture cannot be had', { accountId, code, detail });
      avatars.giveUp(db, accountId, wanted);
      return true;
    }
  };

  /** Whoever changes their picture every minute leaves no trail of files. Not while one that nobody has yet is kept. */
  const forgetReplaced = (): void => {
    if (running.size === 1 && !abort.signal.aborted) folder.remove(avatars.removeUnused(db));
  };

  const run = async (accountId: AccountId): Promise<void> => {
    for (;;) {
      const wanted = avatars.wanted(db, accountId, batchSize);
      if (wanted.length === 0) return;
      const waiting = [...wanted];
      let goesOn = true;
      const worker = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined && goesOn; next = waiting.shift()) {
          goesOn = (await fetchOne(accountId, next)) && goesOn;
        }
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
      forgetReplaced();
      if (!goesOn || abort.signal.aborted) return;
    }
  };

  const wake = (accountId: AccountId): void => {
    if (abort.signal.aborted || !isOnline(accountId)) return;
    if (running.has(accountId)) return void again.add(accountId);
    running.add(accountId);
    run(accountId)
      .catch((error: unknown) => abort.signal.aborted || log.error('pictures failed', { accountId, error }))
      .finally(() => {
        running.delete(accountId);
        if (again.delete(accountId)) wake(accountId);
      });
  };

  return {
    wake,
    hostFile: async (id) => {
      const record = avatars.get(db, id);
      if (record === null) return null;
      const path = folder.pathOf(record.fileName);
      const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size;
      if (sizeBytes === undefined) return null;
      return { path, name: 'picture', mime: record.mime, sizeBytes, isInline: shownTypes.has(record.mime) };
    },
    stop: () => abort.abort(),
  };
};
