import type { AccountId, NetworkId } from '#model';
import type { ConversationId, MessageId, SearchHit } from '#rpc';
import type { ReadableDb } from '../database.ts';
import { readAll } from '../statements.ts';
import { makeExcerpt } from './make-excerpt.ts';
import { parseQuery, toMatch } from './parse-query.ts';
import type { SearchTerm } from './parse-query.ts';

export interface MessageQuery {
  readonly query: string;
  readonly conversationId: ConversationId | null;
  /** The last hit of the previous page. */
  readonly before: MessageId | null;
  readonly limit: number;
}

export interface SearchPage {
  readonly hits: readonly SearchHit[];
  readonly next: MessageId | null;
}

interface Row {
  id: number;
  conversation_id: number;
  title: string;
  network: string;
  account_id: number;
  sender_name: string | null;
  sent_at_ms: number;
  text: string;
}

const columns = `messages.id, messages.conversation_id, conversations.title, conversations.network,
  conversations.account_id, coalesce(messages.sender_name, addresses.display_name, addresses.handle) AS sender_name,
  messages.sent_at_ms, messages.text`;
const details = `
  JOIN messages ON messages.id = hits.id
  JOIN conversations ON conversations.id = messages.conversation_id
  LEFT JOIN addresses ON addresses.id = messages.sender_id
  ORDER BY hits.id DESC`;

const newest = `SELECT ${columns} FROM (
  SELECT rowid AS id FROM message_search WHERE message_search MATCH ? ORDER BY rowid DESC LIMIT ?) AS hits ${details}`;
const older = `SELECT ${columns} FROM (
  SELECT rowid AS id FROM message_search WHERE message_search MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?) AS hits ${details}`;

/** The statements, for the query-plan tests. */
export const searchQueries = { newest, older };

/**
 * Messages that hold all words, newest first, accents folded. Ids grow with time, so the index is walked from its
 * end and stops at the limit, however common the word is (docs/decisions/0011-search.md).
 */
export function searchMessages(db: ReadableDb, { query, conversationId, before, limit }: MessageQuery): SearchPage {
  const terms = parseQuery(query);
  if (terms.length === 0) return { hits: [], next: null };
  const match = toMatch(terms, conversationId === null ? null : `c${conversationId}`);
  const rows =
    before === null
      ? readAll<Row>(db, newest, match, limit + 1)
      : readAll<Row>(db, older, match, before, limit + 1);
  const hits = rows.slice(0, limit).map((row) => toHit(row, terms));
  return { hits, next: rows.length > limit ? (hits.at(-1)?.messageId ?? null) : null };
}

const toHit = (row: Row, terms: readonly SearchTerm[]): SearchHit => ({
  messageId: row.id as MessageId,
  conversationId: row.conversation_id as ConversationId,
  conversationTitle: row.title,
  network: row.network as NetworkId,
  accountId: row.account_id as AccountId,
  senderName: row.sender_name ?? '',
  sentAtMs: row.sent_at_ms,
  ...makeExcerpt(row.text, terms),
});
