import type { FileLimit } from './file-limits.ts';

/** What a conversation allows, as plain data that the interface reads and explains. */
export interface ConversationCapabilities {
  readonly canSend: boolean;
  /** Blocked by `read-only`, but those who keep the room can be asked (`rooms.askVoice`). */
  readonly canAskVoice?: boolean | undefined;
  /** Why sending is off; a code the interface turns into a sentence. */
  readonly sendBlockedBy?: SendBlock | undefined;
  readonly canReply: boolean;
  readonly canReact: boolean;
  readonly canEdit: boolean;
  /** Milliseconds after sending within which an edit is accepted; absent: no limit. */
  readonly editWindowMs?: number | undefined;
  readonly canDelete: boolean;
  readonly deleteWindowMs?: number | undefined;
  readonly canSendFiles: boolean;
  /** Absent: unknown until tried. */
  readonly maxFileBytes?: number | undefined;
  /** Kind by kind, where the network tells them apart; one that is not named is not taken. Absent: every kind. */
  readonly fileLimits?: readonly FileLimit[] | undefined;
  readonly maxTextLength?: number | undefined;
  readonly showsDelivery: boolean;
  readonly showsRead: boolean;
  readonly showsTyping: boolean;
  readonly canLoadOlder: boolean;
  /** Somebody else's message can be taken away for all (rooms: `rooms.moderate`). */
  readonly canModerate?: boolean | undefined;
  /**
   * Attachments come from our own server, so fetching one by itself tells nobody anything new. Else an address that a
   * contact chose would learn who reads what and when: such files wait for a click.
   */
  readonly filesFromOwnServer?: boolean | undefined;
  /** What is sent here goes out end-to-end encrypted. */
  readonly encrypts?: boolean | undefined;
  /** A message can be hidden behind a click, or made to disappear (`SendHints`). */
  readonly canHide?: boolean | undefined;
  readonly canExpire?: boolean | undefined;
  /** The network keeps neither pin nor notify level of this conversation: they hold on this computer only. */
  readonly hasLocalSettings?: boolean | undefined;
  /** Which reactions the other side takes; absent: any, and any number. */
  readonly reactionLimits?: ReactionLimits | undefined;
  /** Answers can be kept together under the message they are about. */
  readonly canThread?: boolean | undefined;
  /** A message can be held up for all to see, and taken down again. */
  readonly canPin?: boolean | undefined;
  readonly canVote?: boolean | undefined;
  readonly canMakePolls?: boolean | undefined;
  /** Blocked by `encrypted`, but a person may decide to write unencrypted (see `PlainTextAbility`). */
  readonly canAllowPlain?: boolean | undefined;
}

export interface ReactionLimits {
  /** How many one person may put on one message. */
  readonly perPerson?: number | undefined;
  /** Only these; absent: any. */
  readonly allowed?: readonly string[] | undefined;
}

/** `encrypted`: end-to-end encrypted and we cannot encrypt yet: answering in clear is refused. */
/** `moved`: the room goes on in another one. */
export type SendBlock = 'encrypted' | 'not-joined' | 'read-only' | 'blocked' | 'moved';

export const noCapabilities: ConversationCapabilities = {
  canSend: false,
  canReply: false,
  canReact: false,
  canEdit: false,
  canDelete: false,
  canSendFiles: false,
  showsDelivery: false,
  showsRead: false,
  showsTyping: false,
  canLoadOlder: false,
};
