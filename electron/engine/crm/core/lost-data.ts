import type { LostRow } from '#rpc';
import type { ReadableDb } from '../../store/database.ts';
import { readAll } from '../../store/statements.ts';

const dayMs = 86_400_000;
const maxRows = 1000;

/**
 * Conversations with known customers of which something said more than `days` ago is in no CRM. Known is who was
 * pushed from any conversation: theirs on another network, which nobody pushed, counts too. From the first push on, or
 * from the time we keep count of for somebody new there: nobody misses last year.
 */
export function lostData(db: ReadableDb, days: number, nowMs: number): readonly LostRow[] {
  return readAll<LostRow>(
    db,
    `WITH pushed AS (
       SELECT pushed_messages.conversation_id AS id, min(messages.sent_at_ms) AS since_ms FROM pushed_messages
         JOIN messages ON messages.id = message_id GROUP BY pushed_messages.conversation_id),
     customers AS (
       SELECT addresses.person_id, min(since_ms) AS since_ms FROM pushed
         JOIN conversations ON conversations.id = pushed.id AND kind = 'direct'
         JOIN addresses ON addresses.id = conversations.peer_id
       WHERE addresses.person_id IS NOT NULL GROUP BY addresses.person_id),
     known AS (
       SELECT conversations.id, conversations.title, conversations.network,
         COALESCE(people.name, conversations.title) AS person, COALESCE(pushed.since_ms, customers.since_ms) AS since_ms
       FROM conversations
         LEFT JOIN pushed ON pushed.id = conversations.id
         LEFT JOIN addresses ON addresses.id = conversations.peer_id AND conversations.kind = 'direct'
         LEFT JOIN people ON people.id = addresses.person_id
         LEFT JOIN customers ON customers.person_id = addresses.person_id
       WHERE (pushed.id IS NOT NULL OR customers.person_id IS NOT NULL)
         AND NOT EXISTS (SELECT 1 FROM crm_never_accounts WHERE account_id = conversations.account_id)
         AND NOT EXISTS (SELECT 1 FROM crm_never_conversations WHERE conversation_id = conversations.id)
         AND NOT EXISTS (SELECT 1 FROM crm_never_addresses WHERE address_id = conversations.peer_id))
     SELECT known.id AS conversationId, known.title, known.person, known.network,
       min(count(*), 10000) AS messageCount, min(messages.sent_at_ms) AS oldestAtMs
     FROM known JOIN messages ON messages.conversation_id = known.id
     WHERE messages.sent_at_ms >= known.since_ms AND messages.sent_at_ms < ?
       AND messages.kind IN ('message', 'notice', 'action', 'unsupported') AND messages.deleted_at_ms IS NULL
       AND (messages.delivery IS NULL OR messages.delivery IN ('sent', 'delivered', 'read'))
       AND NOT EXISTS (SELECT 1 FROM pushed_messages WHERE pushed_messages.message_id = messages.id)
       AND NOT EXISTS (SELECT 1 FROM message_hints WHERE message_hints.message_id = messages.id
         AND (lifetime_ms IS NOT NULL OR expires_at_ms IS NOT NULL))
     GROUP BY known.id ORDER BY oldestAtMs LIMIT ${maxRows}`,
    nowMs - days * dayMs,
  );
}
