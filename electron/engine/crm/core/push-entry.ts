import type { AttachmentId, MessageId } from '#rpc';
import type { SourceAttachment, SourceMessage } from './push-source.ts';

export interface EntryFile {
  readonly attachmentId: AttachmentId;
  readonly stableId: string;
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number | null;
}

/**
 * One thing to tell the CRM. `message`: something new. `edit` and `deletion`: what became of a message that is there
 * already. `silent`: in the conversation, but not to be written; it only helps to read how far older notes reach.
 */
export interface PushEntry {
  readonly kind: 'message' | 'edit' | 'deletion' | 'silent';
  /** Stable over devices; keys and marks come from it. */
  readonly id: string;
  readonly messageId: MessageId;
  /** Of the message as told here; a higher one later means it was changed since. */
  readonly version: number;
  readonly sentAtMs: number;
  /** When the edit or deletion happened. */
  readonly changedAtMs: number;
  readonly senderName: string;
  readonly isOwn: boolean;
  readonly isAction: boolean;
  readonly text: string;
  readonly replyTo: { readonly senderName: string; readonly excerpt: string } | null;
  readonly files: readonly EntryFile[];
}

/** Kinds that a person wrote or was shown; changes of the room and unreadable texts stay here. */
const tellableKinds: ReadonlySet<SourceMessage['kind']> = new Set(['message', 'notice', 'action', 'unsupported']);

/** When it got the form it has now. */
const changedAtMsOf = (message: SourceMessage): number => message.deletedAtMs ?? message.editedAtMs ?? message.sentAtMs;

/**
 * What a push has to tell, new messages first (in order), then what happened to older ones.
 *
 * @param claimed version by message of what another push is about to write
 */
export function entriesToPush(
  messages: Iterable<SourceMessage>,
  claimed: ReadonlyMap<MessageId, number>,
): readonly PushEntry[] {
  const fresh: PushEntry[] = [];
  const amendments: PushEntry[] = [];
  for (const message of messages) {
    if (!tellableKinds.has(message.kind)) continue;
    const known = Math.max(message.pushedVersion ?? -1, claimed.get(message.id) ?? -1);
    if (known < 0) fresh.push(freshEntry(message));
    else if (message.version > known) amendments.push(amendment(message));
  }
  return [...fresh, ...amendments];
}

function freshEntry(message: SourceMessage): PushEntry {
  const isGone = message.deletedAtMs !== null;
  return {
    ...base(message),
    kind: isGone ? 'silent' : 'message',
    id: message.stableId,
    text: isGone ? '' : message.text,
    files: isGone ? [] : message.attachments.map(toEntryFile),
  };
}

function amendment(message: SourceMessage): PushEntry {
  const isGone = message.deletedAtMs !== null;
  return {
    ...base(message),
    kind: isGone ? 'deletion' : 'edit',
    id: `${message.stableId}#${changedAtMsOf(message)}`,
    text: isGone ? '' : message.text,
    replyTo: null,
    files: [],
  };
}

function base(message: SourceMessage): Omit<PushEntry, 'kind' | 'id' | 'text' | 'files'> {
  return {
    messageId: message.id,
    version: message.version,
    sentAtMs: message.sentAtMs,
    changedAtMs: changedAtMsOf(message),
    senderName: message.senderName,
    isOwn: message.isOwn,
    isAction: message.kind === 'action',
    replyTo: message.replyTo,
  };
}

const toEntryFile = (attachment: SourceAttachment): EntryFile => ({
  attachmentId: attachment.id,
  stableId: attachment.stableId,
  name: attachment.name,
  mime: attachment.mime,
  sizeBytes: attachment.sizeBytes,
});
