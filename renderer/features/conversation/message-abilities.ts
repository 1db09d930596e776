import type { ConversationCapabilities } from '#model';
import type { MessageRow } from '../../rpc/index.ts';

export interface MessageAbilities {
  readonly canReply: boolean;
  readonly canReact: boolean;
  readonly canEdit: boolean;
  readonly canDelete: boolean;
  /** Take somebody else's message away for all. */
  readonly canModerate: boolean;
  /** Talk about it beside the conversation. */
  readonly canThread: boolean;
  /** A push to the CRM may begin here. */
  readonly canPush: boolean;
  /** Hold it up for all, or take it down again; null: neither. */
  readonly pin: 'pin' | 'unpin' | null;
  /** Only these reactions are taken; undefined: any. */
  readonly allowedReactions: readonly string[] | undefined;
}

const isWithin = (row: MessageRow, windowMs: number | undefined, nowMs: number): boolean =>
  windowMs === undefined || nowMs - row.sentAtMs <= windowMs;

/** What may be done with a message now, by the network's rules and its age. */
export const messageAbilities = (row: MessageRow, rules: ConversationCapabilities, nowMs = Date.now(), isPinned = false): MessageAbilities => {
  const isThere = row.deletedAtMs === null && (row.kind === 'message' || row.kind === 'action' || row.kind === 'notice');
  const isOut = isThere && row.delivery !== 'waiting' && row.delivery !== 'sending' && row.delivery !== 'failed';
  return {
    canReply: isOut && rules.canReply && rules.canSend,
    canReact: isOut && rules.canReact,
    canEdit: isOut && row.isOwn && rules.canEdit && row.text !== '' && isWithin(row, rules.editWindowMs, nowMs),
    canDelete: isOut && row.isOwn && rules.canDelete && isWithin(row, rules.deleteWindowMs, nowMs),
    canModerate: isOut && !row.isOwn && rules.canModerate === true,
    canThread: isOut && rules.canThread === true && rules.canSend,
    canPush: isOut,
    pin: !isOut || rules.canPin !== true ? null : isPinned ? 'unpin' : 'pin',
    allowedReactions: rules.reactionLimits?.allowed,
  };
};
