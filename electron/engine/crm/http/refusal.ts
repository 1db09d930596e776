import { Permanent } from '../errors.ts';
import { cleanLine } from '../text/clean-text.ts';
import type { HttpAnswer } from './pinned-http.ts';
import { readJson } from './read-json.ts';

const mostChars = 300;

/**
 * What an answer says of itself, in one line for support; its status where it says nothing, or not in JSON.
 * @param say picks the words out of the body, which is a stranger's
 */
export function sentenceOf(answer: HttpAnswer, say: (body: unknown) => string): string {
  const status = `HTTP ${answer.status}`;
  try {
    return cleanLine(say(readJson(answer)), mostChars) || status;
  } catch {
    return status;
  }
}

/**
 * The refusal that a status of 4xx means with most products: `record-gone` for 404, `forbidden` for 403, `too-large` for 413,
 * else `rejected`. What a product means otherwise, its connector looks for first.
 * @param path what was asked, for the detail of a 404, without its query; absent: the sentence stands there too
 */
export function refusalOf(status: number, detail: string, path?: string): Permanent {
  if (status === 404) return new Permanent('record-gone', { detail: path === undefined ? detail : path.split('?')[0] });
  return new Permanent(status === 403 ? 'forbidden' : status === 413 ? 'too-large' : 'rejected', { detail });
}
