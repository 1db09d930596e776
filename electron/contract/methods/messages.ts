import type { ArchiveRule } from '#model';
import type { AccountId } from '../networks.ts';
import type { ConversationId, MessageId, StagedFileId } from '../rows.ts';

/** A text that stood in a message before it was edited. */
export interface MessageVersion {
  readonly text: string;
  readonly writtenAtMs: number;
}

/** More about messages: what they said before, files on their way, encryption, the server's archive. */
export interface MessageMethods {
  /** What a message said before its edits, oldest first; what it says now is not among them. */
  'messages.versions': (input: { readonly id: MessageId }) => readonly MessageVersion[];
  /** Breaks off an upload; the message then failed with `cancelled` and can be sent again or discarded. */
  'messages.cancelUpload': (input: { readonly id: MessageId }) => { readonly isCancelled: boolean };
  /** A tiny picture of a staged image, as a `data:` address: it goes along with the message. */
  'files.setThumbnail': (input: { readonly id: StagedFileId; readonly thumbnail: string }) => { readonly isKept: boolean };
  /** A staged sound was spoken just now: its length, and its loudness over time, 0 to 100. */
  'files.setVoice': (input: { readonly id: StagedFileId; readonly durationMs: number; readonly waveform: readonly number[] }) => { readonly isKept: boolean };
  /**
   * A person wants to write unencrypted into an encrypted conversation: asked once, remembered until it is taken back.
   * Both go into the security log. Errors: `unsupported` where the network refuses for good, `offline`.
   */
  'conversations.allowPlain': (input: { readonly id: ConversationId }) => { readonly isAllowed: true };
  'conversations.forbidPlain': (input: { readonly id: ConversationId }) => { readonly isAllowed: false };
  /** Whose messages the server's archive keeps. Errors: `unsupported`, `offline`. */
  'archive.rule': (input: { readonly accountId: AccountId }) => { readonly rule: ArchiveRule };
  'archive.setRule': (input: { readonly accountId: AccountId; readonly rule: ArchiveRule }) => { readonly rule: ArchiveRule };
}
