import type { PageCatch } from '#model';
import { parseUrl } from '../parse-url.ts';

const isText = (value: unknown, most: number): value is string => typeof value === 'string' && value !== '' && value.length <= most;
const isMaybe = (value: unknown, most: number): boolean => value === undefined || isText(value, most);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const isList = (value: unknown, most: number, isItem: (item: unknown) => boolean): boolean => Array.isArray(value) && value.length <= most && value.every(isItem);

const isSource = (value: unknown): boolean =>
  isRecord(value) &&
  ['cookie', 'local-storage', 'header'].includes(String(value['kind'])) &&
  isText(value['name'], 200) &&
  isMaybe(value['domain'], 255) &&
  isMaybe(value['urlPattern'], 500);

const isField = (value: unknown): boolean =>
  isRecord(value) &&
  isText(value['name'], 200) &&
  typeof value['isRequired'] === 'boolean' &&
  isMaybe(value['pattern'], 500) &&
  isList(value['sources'], 5, isSource);

const isHttps = (value: unknown): boolean => {
  const url = isText(value, 2_100) ? parseUrl(value) : null;
  return url?.protocol === 'https:' && url.username === '';
};

/** What a page of ours may ask to be caught; all of it comes from a bridge. */
export const isPageCatch = (value: unknown): value is PageCatch =>
  isRecord(value) && isHttps(value['url']) && isMaybe(value['userAgent'], 500) && isMaybe(value['urlPattern'], 500) && isList(value['fields'], 30, isField);
