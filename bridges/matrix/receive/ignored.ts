import { entriesOf, type JsonRecord } from '../event-shape.ts';
import { isUserId } from '../ids.ts';

/** More than anybody ignores by hand. */
const mostIgnored = 20_000;

/** People whose words the server keeps from us (`m.ignored_user_list`). */
export const readIgnored = (content: JsonRecord): readonly string[] =>
  entriesOf(content['ignored_users'])
    .map(([userId]) => userId)
    .filter(isUserId)
    .slice(0, mostIgnored);
