import type { NotifyLevel } from '#model';
import type { ConversationId } from '#rpc';
import type { ReadableDb, WritableDb } from '../store/database.ts';
import { settings } from '../store/repositories/settings.ts';

const keyOf = (id: ConversationId): string => `unmuted-level:${id}`;

/** What a conversation that is silent now asked attention for before, so that speaking up again loses nothing. */
export const unmutedLevels = {
  get: (db: ReadableDb, id: ConversationId): NotifyLevel => (settings.read(db).get(keyOf(id)) === 'mentions' ? 'mentions' : 'all'),

  /** Written down only where there is something to lose. */
  keep: (db: WritableDb, id: ConversationId, before: NotifyLevel, level: NotifyLevel): void => {
    if (before === level || level !== 'none') return;
    if (unmutedLevels.get(db, id) !== before) settings.write(db, [[keyOf(id), before]]);
  },
};
