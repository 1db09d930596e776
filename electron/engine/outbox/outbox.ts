import { randomUUID } from 'node:crypto';
import { transactionId, type AccountId, type SendHints, type TransactionId } from '#model';
import type { ConversationId, MessageId, TextMention, ThreadId } from '#rpc';
import type { FileFolder } from '../files/file-folder.ts';
import type { StagedFile } from '../files/staging.ts';
import type { Publisher } from '../publisher.ts';
import type { WritableDb } from '../store/database.ts';
import { conversations } from '../store/repositories/conversations.ts';
import { jobs, type NewJob } from '../store/repositories/jobs.ts';
import { messages, type MessageRecord } from '../store/repositories/messages.ts';
import { threads, type ThreadRecord } from '../store/repositories/threads.ts';
import { runDurably } from '../store/transaction.ts';
import { ChangeSet } from '../sync/change-set.ts';
import { outgoing } from '../sync/outgoing.ts';
import { readThreadUpTo } from '../sync/outgoing-row.ts';
import { RpcFailure } from '../rpc/rpc-failure.ts';
import type { JobQueue } from './job-queue.ts';
import { deleteMessageKind } from './jobs/delete-message.ts';
import { editMessageKind } from './jobs/edit-message.ts';
import { markReadKind } from './jobs/mark-read.ts';
import { reactKind, withEmoji } from './jobs/react.ts';
import { sendMessageKind } from './jobs/send-message.ts';
import { voteKind } from './jobs/vote.ts';

export interface OutboxOptions {
  readonly db: WritableDb;
  readonly folder: FileFolder;
  readonly publish: Publisher['publish'];
  readonly now: () => number;
  readonly queue: Pick<JobQueue, 'kick'>;
}

export interface SendRequest {
  readonly accountId: AccountId;
  readonly conversationId: ConversationId;
  readonly clientId: string;
  readonly text: string;
  readonly replyToId: MessageId | null;
  readonly files: readonly StagedFile[];
  readonly mentions?: readonly TextMention[] | undefined;
  readonly hints?: SendHints | undefined;
  /** Answers in this thread. */
  readonly threadId?: ThreadId | null | undefined;
}

/** Who else than our own devices may learn what we read. */
export interface ReadSharing {
  readonly isShared: boolean;
  readonly isSharedInRooms: boolean;
}

/** Writes down what a person wants told, row and job in one transaction. Nothing here waits for a network. */
export interface Outbox {
  /** What was sent with this client id before; empty when nothing was. */
  readonly sentBefore: (clientId: string) => MessageId[];
  /** One message per file, the text with the first. */
  readonly send: (request: SendRequest) => MessageId[];
  /**
   * The same message once more: after a failure under its own id, so that it cannot double; under a new one when
   * the network took it first and refused it later, for it would take a known id for a repetition.
   * @throws RpcFailure `not-possible` when it did not fail
   */
  readonly retry: (accountId: AccountId, message: MessageRecord) => void;
  /** @throws RpcFailure `not-possible` when it is on its way or gone */
  readonly discard: (message: MessageRecord) => void;
  /** @param canTellNetwork an edit can be sent; what is here only needs none */
  readonly edit: (accountId: AccountId, message: MessageRecord, text: string, canTellNetwork: boolean) => void;
  readonly delete: (accountId: AccountId, message: MessageRecord) => void;
  /** @param most how many of ours the message may have; the newest stay */
  readonly react: (accountId: AccountId, message: MessageRecord, emoji: string, isOn: boolean, most?: number) => void;
  /** All our choices in a poll, in place of a vote that still waits. */
  readonly vote: (accountId: AccountId, message: MessageRecord, choices: readonly string[]) => void;
  /** Moves the read mark; tells our other devices, and others where they may know. Says how many are left unread. */
  readonly markRead: (accountId: AccountId, id: ConversationId, upTo: MessageId, sharing: ReadSharing) => number;
  /** The same of one thread. */
  readonly markThreadRead: (accountId: AccountId, thread: ThreadRecord, upTo: MessageId, sharing: ReadSharing) => number;
}

interface ReadNews {
  readonly accountId: AccountId;
  readonly conversationId: ConversationId;
  readonly lane: string;
  readonly upTo: MessageId;
  readonly target: { readonly conversationId: string; readonly remoteId: string; readonly alternateId: string | undefined };
  readonly more: ReadSharing & { readonly within?: string | null };
}

/** Waits to go out, or was refused: nobody but us has seen it. */
export const isUnsent = (message: MessageRecord): boolean => message.remoteId === null || message.delivery === 'failed';

/** Faults of an attempt that cannot have arrived. */
const neverSent: ReadonlySet<string | undefined> = new Set(['offline', 'rate-limited']);

const laneOf = (id: ConversationId): string => `conversation:${id}`;
/** The first is the caller's own id, so that it also names a message without files. */
const transactionOf = (clientId: string, index: number): TransactionId =>
  transactionId(index === 0 ? clientId : `${clientId}-${index}`);

export const createOutbox = ({ db, folder, publish, now, queue }: OutboxOptions): Outbox => {
  const add = (job: Omit<NewJob, 'createdAtMs'>): void => void jobs.add(db, { ...job, createdAtMs: now() });

  /** A job about a message; its key is the id that makes a repeated attempt harmless. */
  const addAbout = (kind: string, accountId: AccountId, message: MessageRecord, payload: NewJob['payload']): void => {
    const { id, conversationId } = message;
    const key = `${kind}:${id}:${randomUUID()}`;
    add({ key, kind, lane: laneOf(conversationId), accountId, conversationId, messageId: id, payload });
  };

  /** Commits, publishes, and lets the queue look. */
  const commit = <Result>(work: (changes: ChangeSet) => Result): Result => {
    const changes = new ChangeSet();
    const result = runDurably(db, () => work(changes));
    publish(changes);
    queue.kick();
    return result;
  };

  const sentBefore = (clientId: string): MessageId[] => {
    const ids: MessageId[] = [];
    while (true) {
      const known = messages.findByTransaction(db, transactionOf(clientId, ids.length));
      if (known === null) return ids;
      ids.push(known.id);
    }
  };

  /** Only how far we read at last is worth telling. */
  const tellRead = ({ accountId, conversationId, lane, upTo, target, more }: ReadNews): void => {
    for (const older of jobs.listOpen(db)) if (older.lane === lane) jobs.cancel(db, older.id);
    const { remoteId, alternateId } = target;
    const payload = { conversationId: target.conversationId, remoteId, ...more, ...(alternateId === undefined ? {} : { alternateId }) };
    add({ key: `${markReadKind}:${conversationId}:${upTo}`, kind: markReadKind, lane, accountId, conversationId, payload });
  };

  const isRunning = (message: MessageRecord): boolean =>
    jobs.ofMessage(db, message.id).some((job) => job.kind === sendMessageKind && job.state === 'running');

  /** It was tried, and whether it arrived nobody knows. */
  const mayBeThere = (message: MessageRecord): boolean =>
    jobs
      .ofMessage(db, message.id)
      .some(({ kind, state, attempts, fault }) => kind === sendMessageKind && state === 'waiting' && attempts > 0 && !neverSent.has(fault?.code));

  return {
    sentBefore,

    send: ({ accountId, conversationId, clientId, text, replyToId, files, mentions = [], hints, threadId }) => {
      // The bytes first: a row must never promise a file that is not there.
      const kept = files.map((file) => {
        const { fileName } = folder.draft();
        folder.keep(fileName, file.path);
        const { sizeBytes, sha256, widthPx, heightPx } = file.facts;
        const { name, mime, thumbnail, voice } = file;
        const spoken = voice === undefined ? {} : { durationMs: voice.durationMs, voice: { waveform: voice.waveform } };
        return { name, mime, sizeBytes, fileName, sha256, widthPx: widthPx ?? undefined, heightPx: heightPx ?? undefined, thumbnail, ...spoken };
      });
      const parts = kept.length === 0 ? [null] : kept;
      return commit((changes) =>
        parts.map((file, index) => {
          const added = outgoing.add(db, {
            conversationId,
            transactionId: transactionOf(clientId, index),
            text: index === 0 ? text : '',
            replyToId: index === 0 ? replyToId : null,
            file,
            hints,
            threadId,
            nowMs: now(),
          });
          const messageId = added.id;
          const key = `${sendMessageKind}:${transactionOf(clientId, index)}`;
          const payload = index === 0 && mentions.length > 0 ? { mentions } : {};
          add({ key, kind: sendMessageKind, lane: laneOf(conversationId), accountId, conversationId, messageId, payload });
          changes.add(added.changes);
          return messageId;
        }),
      );
    },

    retry: (accountId, message) => {
      const { id, conversationId } = message;
      const failed = jobs.ofMessage(db, id).find((job) => job.kind === sendMessageKind && job.state === 'failed');
      if (message.delivery !== 'failed') throw new RpcFailure('not-possible', 'this message did not fail');
      commit((changes) => {
        if (failed !== undefined) {
          jobs.retry(db, failed.id);
          changes.add(outgoing.setWaiting(db, id));
          return;
        }
        const transaction = transactionId(randomUUID());
        changes.add(outgoing.sendAnew(db, id, transaction));
        const key = `${sendMessageKind}:${transaction}`;
        add({ key, kind: sendMessageKind, lane: laneOf(conversationId), accountId, conversationId, messageId: id, payload: {} });
      });
    },

    discard: (message) => {
      commit((changes) => {
        for (const job of jobs.ofMessage(db, message.id)) jobs.cancel(db, job.id);
        const { isDiscarded, changes: ofMessage } = outgoing.discard(db, message.id);
        // What is on its way may arrive: only the network's answer tells.
        if (!isDiscarded) throw new RpcFailure('not-possible', 'the message is on its way or has gone out');
        changes.add(ofMessage);
      });
    },

    edit: (accountId, message, text, canTellNetwork) => {
      const isHereOnly = isUnsent(message) && !isRunning(message);
      commit((changes) => {
        // What has not gone out yet simply goes out with the new text; nobody saw another one.
        if (isHereOnly) {
          changes.add(outgoing.rewrite(db, message.id, text));
          // The next try carries the same id: a network that has it already would keep the old text.
          const payload = { text, before: text, beforeAtMs: null };
          if (canTellNetwork && mayBeThere(message)) addAbout(editMessageKind, accountId, message, payload);
          return;
        }
        const { editedAtMs: beforeAtMs } = message;
        addAbout(editMessageKind, accountId, message, { text, before: message.text, beforeAtMs });
        changes.add(outgoing.edit(db, message.id, text, now()));
      });
    },

    delete: (accountId, message) => commit(() => addAbout(deleteMessageKind, accountId, message, {})),

    react: (accountId, message, emoji, isOn, most = Infinity) =>
      commit((changes) => {
        const emojis = withEmoji(outgoing.ownReactions(db, message.id), emoji, isOn).slice(-Math.min(most, 1_000));
        changes.add(outgoing.react(db, message.id, emojis));
        addAbout(reactKind, accountId, message, { emoji, isOn });
      }),

    vote: (accountId, message, choices) =>
      commit((changes) => {
        for (const { id, kind, state } of jobs.ofMessage(db, message.id)) if (kind === voteKind && state === 'waiting') jobs.cancel(db, id);
        addAbout(voteKind, accountId, message, { choices });
        changes.messagesOf(message.conversationId).ids.add(message.id);
      }),

    markRead: (accountId, id, upTo, sharing) =>
      commit((changes) => {
        const { unreadCount, target } = conversations.markRead(db, id, upTo);
        changes.conversationIds.add(id);
        if (target !== null) {
          // What waits in threads stays unread: only then is it told apart, for not every server can.
          const within = threads.countOf(db, id).unreadCount > 0 ? { within: null } : {};
          tellRead({ accountId, conversationId: id, lane: `read:${id}`, upTo, target, more: { ...sharing, ...within } });
        }
        return unreadCount;
      }),

    markThreadRead: (accountId, thread, upTo, sharing) =>
      commit((changes) => {
        const message = messages.get(db, upTo);
        const target = messages.target(db, upTo);
        const { conversationId: id } = thread;
        if (message !== null && message.sortKey > thread.readUpToKey) {
          readThreadUpTo(db, thread, message.sortKey);
          changes.conversationIds.add(id);
          const rootId = threads.rootOf(db, thread);
          if (rootId !== null) changes.messagesOf(id).ids.add(rootId);
          const { remoteId } = target ?? {};
          const more = { ...sharing, within: thread.rootRemoteId };
          if (target != null && remoteId != null) tellRead({ accountId, conversationId: id, lane: `read:${id}:${thread.id}`, upTo, target: { ...target, remoteId }, more });
        }
        return threads.get(db, thread.id)?.unreadCount ?? 0;
      }),
  };
};
