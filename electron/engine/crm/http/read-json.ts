import { Permanent } from '../errors.ts';
import type { HttpAnswer } from './pinned-http.ts';

const poisonedKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * The JSON of an answer, without keys that could reach into a prototype.
 * @throws Permanent `server-incompatible` when it is not JSON
 */
export function readJson(answer: HttpAnswer): unknown {
  const text = new TextDecoder().decode(answer.bytes);
  try {
    return JSON.parse(text, (key, value: unknown) => (poisonedKeys.has(key) ? undefined : value));
  } catch {
    throw new Permanent('server-incompatible', { detail: `HTTP ${answer.status}, not JSON` });
  }
}
