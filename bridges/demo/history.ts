import type { BridgeEvent, HistoryPage } from '#bridge';
import { remoteMessageId } from '#model';
import type { DemoConversation } from './conversations.ts';
import { answers, self } from './people.ts';

const spacingMs = 3 * 60 * 60_000;

/**
 * The archive of a conversation, generated from positions alone, so that every reading gives the same messages.
 * Position 0 is the newest archived message.
 */
const archivedMessage = (conversation: DemoConversation, position: number, sinceMs: number): BridgeEvent => {
  const peer = conversation.members[0];
  const isOwn = position % 3 === 1;
  const lines = answers[peer?.language ?? 'en'];
  return {
    type: 'message.upserted',
    origin: 'history',
    message: {
      conversationId: conversation.id,
      remoteId: remoteMessageId(`${conversation.id}/archive-${position}`),
      senderId: isOwn || !peer ? self.id : peer.id,
      isOwn: isOwn || !peer,
      kind: 'message',
      text: `${lines[position % lines.length] ?? ''} (${conversation.archiveLength - position})`,
      sentAtMs: sinceMs - 24 * 60 * 60_000 - position * spacingMs,
      delivery: isOwn ? 'read' : undefined,
    },
  };
};

/** The page of archived messages that starts at `cursor` (a position) and goes back in time. */
export const archivePage = (
  conversation: DemoConversation,
  cursor: string | null,
  limit: number,
  sinceMs: number,
): { readonly events: readonly BridgeEvent[]; readonly page: HistoryPage } => {
  const from = cursor === null ? 0 : Math.max(0, Number.parseInt(cursor, 10) || 0);
  const until = Math.min(conversation.archiveLength, from + limit);
  const events: BridgeEvent[] = [];
  for (let position = from; position < until; position += 1) {
    events.push(archivedMessage(conversation, position, sinceMs));
  }
  const hasMore = until < conversation.archiveLength;
  return { events, page: { messageCount: events.length, hasMore, cursor: hasMore ? String(until) : null } };
};
