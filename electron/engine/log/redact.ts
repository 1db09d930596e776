import type { LogData } from './log.ts';

/** Never written, whatever is in them: what people wrote and what opens accounts. */
const forbiddenKeys = /pass|secret|token|auth|cookie|credential|session|body|text|content|message|draft|query|key$/i;
const maxLength = 300;
const maxDepth = 3;
const maxEntries = 20;

/** Words that give away that the rest of a value opens something: `access_token=…`, `Bearer …`, `syt_…`. */
const secretInText = /((?:pass\w*|secret|token|authorization|cookie)["']?\s*[=:]\s*|bearer\s+|basic\s+)[^\s"',;&]+/gi;
const userInfoInUrl = /(\w+:\/\/)[^\s/@]+@/g;

/** A short plain string: control and bidi characters made visible, so that a log line stays one line. */
const cleanText = (text: string): string => {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return cut
    .replace(secretInText, '$1[hidden]')
    .replace(userInfoInUrl, '$1[hidden]@')
    .replace(/[\p{Cc}\p{Bidi_Control}]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
};

const cleanValue = (value: unknown, depth: number): unknown => {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return cleanText(value);
  if (value instanceof Error) return describeError(value);
  if (Array.isArray(value)) return depth >= maxDepth ? '[…]' : value.slice(0, maxEntries).map((one) => cleanValue(one, depth + 1));
  if (typeof value === 'object') return depth >= maxDepth ? '{…}' : cleanRecord(value, depth + 1);
  return `[${typeof value}]`;
};

/** The stack names our own files only; its first line repeats the message, which is cleaned on its own. */
const describeError = (error: Error): LogData => ({
  name: error.name,
  reason: cleanText(error.message),
  at: cleanText((error.stack ?? '').split('\n').slice(1, 6).map((line) => line.trim()).join(' | ')),
});

const cleanRecord = (record: object, depth: number): LogData =>
  Object.fromEntries(
    Object.entries(record)
      .slice(0, maxEntries)
      .map(([key, value]) => [key, forbiddenKeys.test(key) ? '[hidden]' : cleanValue(value, depth)]),
  );

/** What of `data` may be written to a log: small, flat, without anything that looks like a secret or a message. */
export const redact = (data: LogData): LogData => cleanRecord(data, 0);
