/** `m.relates_to`: what an event says about another one. */
import { asRecord, asString, asText, type JsonRecord } from '../event-shape.ts';
import { isEventId } from '../ids.ts';

export type Relation =
  | { readonly kind: 'edit'; readonly target: string }
  | { readonly kind: 'reaction'; readonly target: string; readonly emoji: string }
  | { readonly kind: 'reply'; readonly target: string }
  | { readonly kind: 'none' };

const none: Relation = { kind: 'none' };
/** Longest reaction kept: room for any emoji sequence, not for an essay. */
const maxEmojiLength = 64;

/** The first message of the thread that an event belongs to; null: of none. */
export const readThread = (content: JsonRecord): string | null => {
  const { rel_type: relation, event_id: root } = asRecord(content['m.relates_to']);
  return relation === 'm.thread' && isEventId(root) ? root : null;
};

/** Reads the relation of an event. Replies that only hold a thread together count as none. */
export const readRelation = (type: string, content: JsonRecord): Relation => {
  const relation = asRecord(content['m.relates_to']);
  const relationType = asString(relation['rel_type']);
  const target = relation['event_id'];
  if (relationType === 'm.replace' && isEventId(target)) return { kind: 'edit', target };
  if (type === 'm.reaction') {
    const emoji = asText(relation['key']).slice(0, maxEmojiLength).toWellFormed();
    const isComplete = relationType === 'm.annotation' && isEventId(target) && emoji !== '';
    return isComplete ? { kind: 'reaction', target, emoji } : none;
  }
  const replied = asRecord(relation['m.in_reply_to'])['event_id'];
  const isThreadGlue = relationType === 'm.thread' && relation['is_falling_back'] === true;
  return isEventId(replied) && !isThreadGlue ? { kind: 'reply', target: replied } : none;
};
