/** What a room's own push rules say about its attention. @see https://spec.matrix.org/v1.16/client-server-api/#push-rules */
import type { NotifyLevel } from '#model';
import { asArray, asRecord, type JsonRecord } from '../event-shape.ts';
import { isRoomId } from '../ids.ts';

/** More rules than anybody has rooms come from a hostile server only. */
const mostRules = 20_000;

const notifies = (rule: JsonRecord): boolean => asArray(rule['actions']).includes('notify');

const roomRules = (rules: JsonRecord, kind: 'override' | 'room'): readonly JsonRecord[] =>
  asArray(rules[kind])
    .slice(0, mostRules)
    .map(asRecord)
    .filter((rule) => isRoomId(rule['rule_id']) && rule['enabled'] !== false && !notifies(rule));

/** Rooms whose level is not `all`, from the content of `m.push_rules`. */
export const readNotifyLevels = (content: JsonRecord): ReadonlyMap<string, NotifyLevel> => {
  const global = asRecord(content['global']);
  const levels = new Map<string, NotifyLevel>();
  for (const rule of roomRules(global, 'room')) levels.set(String(rule['rule_id']), 'mentions');
  // An override stands above everything, mentions too.
  for (const rule of roomRules(global, 'override')) levels.set(String(rule['rule_id']), 'none');
  return levels;
};
