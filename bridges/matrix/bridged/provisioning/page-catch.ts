/**
 * The `cookies` step of bridgev2: a page to sign in to, and where what is wanted lies afterwards. `extract_js` is left
 * alone, see docs/decisions/0034-page-catch.md; bodies of requests and "special" sources are not looked for.
 */
import type { PageCatch, PageCatchSource } from '#bridge';
import { asArray, asRecord, asString } from '../../event-shape.ts';

const mostFields = 30;
const mostSources = 5;
const short = (value: unknown, most: number): string | null => {
  const text = asString(value);
  return text === undefined || text === '' || text.length > most ? null : text;
};
const named = <Name extends string>(name: Name, value: string | null): { readonly [Key in Name]?: string } =>
  (value === null ? {} : { [name]: value }) as { readonly [Key in Name]?: string };

const kinds: ReadonlyMap<string, PageCatchSource['kind']> = new Map([
  ['cookie', 'cookie'],
  ['local_storage', 'local-storage'],
  ['request_header', 'header'],
]);

const readSource = (value: unknown): PageCatchSource | null => {
  const source = asRecord(value);
  const kind = kinds.get(asString(source['type']) ?? '');
  const name = short(source['name'], 200);
  if (kind === undefined || name === null) return null;
  return { kind, name, ...named('domain', short(source['cookie_domain'], 255)), ...named('urlPattern', short(source['request_url_regex'], 500)) };
};

const readField = (value: unknown): PageCatch['fields'][number] | null => {
  const field = asRecord(value);
  const name = short(field['id'], 200);
  if (name === null) return null;
  const sources = asArray(field['sources']).slice(0, mostSources).flatMap((source) => readSource(source) ?? []);
  return { name, isRequired: field['required'] === true, sources, ...named('pattern', short(field['pattern'], 500)) };
};

/** Null: nothing that a window of ours could find; somebody has to do it by hand. */
export const readPageCatch = (details: Readonly<Record<string, unknown>>): PageCatch | null => {
  const url = short(details['url'], 2_000);
  if (url === null || !URL.canParse(url) || new URL(url).protocol !== 'https:') return null;
  const fields = asArray(details['fields']).slice(0, mostFields).flatMap((field) => readField(field) ?? []);
  const isPossible = fields.length > 0 && fields.every(({ isRequired, sources }) => !isRequired || sources.length > 0);
  if (!isPossible) return null;
  return { url: new URL(url).href, fields, ...named('userAgent', short(details['user_agent'], 500)), ...named('urlPattern', short(details['wait_for_url_pattern'], 500)) };
};
