/** `com.beeper.per_message_profile` (MSC4144): who said it, where one address speaks for many. */
import { asName, asRecord, type JsonRecord } from '../event-shape.ts';

/** The name this one message goes by; null: that of its sender. */
export const profileName = (content: JsonRecord): string | null =>
  asName(asRecord(content['com.beeper.per_message_profile'])['displayname']);

/** The text without the name that was put before it for clients that know no such profiles. */
export const withoutProfileFallback = (text: string, content: JsonRecord): string => {
  const profile = asRecord(content['com.beeper.per_message_profile']);
  const name = profileName(content);
  if (name === null || profile['has_fallback'] !== true) return text;
  const start = `${name}: `;
  return text.startsWith(start) ? text.slice(start.length) : text;
};
