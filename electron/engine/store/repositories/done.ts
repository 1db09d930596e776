/**
 * A conversation that a person has finished, until the other side writes again: the newest word of somebody else is no
 * later than the mark. Names `conversations` of the query around it; reads one row of the messages.
 */
export const isDoneClause = `EXISTS (SELECT 1 FROM conversation_done
  WHERE conversation_done.conversation_id = conversations.id AND done_at_ms >= coalesce((
    SELECT sent_at_ms FROM messages INDEXED BY messages_by_conversation
    WHERE messages.conversation_id = conversations.id AND is_own = 0 AND messages.kind NOT IN ('system', 'push')
    ORDER BY sort_key DESC LIMIT 1), 0))`;
