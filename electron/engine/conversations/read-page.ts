import { toMessageColumns, type ConversationId, type MessageAnchor, type MessagePage } from '#rpc';
import type { ReadableDb } from '../store/database.ts';
import { readMessagePage } from '../store/read-message-page.ts';

/** A page of messages as it travels. */
export const readPage = (db: ReadableDb, id: ConversationId, anchor: MessageAnchor, limit: number): MessagePage => {
  const { rows, hasOlder, hasNewer } = readMessagePage(db, id, anchor, limit);
  return { rows: toMessageColumns(rows), hasOlder, hasNewer };
};
