import type { Session, WebContents } from 'electron';
import type { PageCatch, PageCatchSource } from '#model';
import { isMatch, isOfDomain } from './matches.ts';

const longestValue = 16_384;
const mostHeaders = 100;
/** Not the page's own world: what it redefined is not what we call. */
const isolatedWorld = 731;

export interface Found {
  readonly values: Readonly<Record<string, string>>;
  /** The address is the one that was waited for: there is nothing more to come. */
  readonly isThere: boolean;
}

/** Looks for the values that a page leaves: in its cookies, its storage, and on its requests. */
export interface ValueFinder {
  /** What is there by now; null while something required is missing. */
  find(contents: WebContents): Promise<Found | null>;
}

export const createValueFinder = (used: Session, { fields, urlPattern }: PageCatch, onNews: () => void): ValueFinder => {
  const headers = new Map<string, string>();
  const wanted = fields.flatMap(({ sources }) => sources).filter(({ kind }) => kind === 'header');
  const keyOf = ({ name, urlPattern: pattern = '' }: PageCatchSource): string => `${name.toLowerCase()} ${pattern}`;
  if (wanted.length > 0) {
    used.webRequest.onBeforeSendHeaders(({ url, requestHeaders }, answer) => {
      for (const source of wanted) {
        const held = Object.entries(requestHeaders).find(([name]) => name.toLowerCase() === source.name.toLowerCase())?.[1];
        if (held === undefined || headers.size >= mostHeaders || !isMatch(source.urlPattern, url)) continue;
        headers.set(keyOf(source), held);
        onNews();
      }
      answer({});
    });
  }
  used.cookies.on('changed', onNews);

  const cookie = async ({ name, domain }: PageCatchSource): Promise<string | null> =>
    (await used.cookies.get({ name })).find((one) => one.domain !== undefined && isOfDomain(one.domain, domain))?.value ?? null;
  const stored = async (contents: WebContents, { name }: PageCatchSource): Promise<string | null> => {
    if (!contents.getURL().startsWith('https:')) return null;
    const code = `localStorage.getItem(${JSON.stringify(name)})`;
    const value: unknown = await contents.executeJavaScriptInIsolatedWorld(isolatedWorld, [{ code }]).catch(() => null);
    return typeof value === 'string' ? value : null;
  };
  const look = async (contents: WebContents, source: PageCatchSource): Promise<string | null> => {
    if (source.kind === 'cookie') return await cookie(source);
    return source.kind === 'header' ? (headers.get(keyOf(source)) ?? null) : await stored(contents, source);
  };
  const valueOf = async (contents: WebContents, { sources, pattern }: PageCatch['fields'][number]): Promise<string | null> => {
    for (const source of sources) {
      const value = await look(contents, source);
      if (value !== null && value !== '' && value.length <= longestValue && isMatch(pattern, value)) return value;
    }
    return null;
  };

  return {
    async find(contents) {
      const found: [string, string][] = [];
      for (const field of fields) {
        const value = await valueOf(contents, field);
        if (value !== null) found.push([field.name, value]);
        else if (field.isRequired) return null;
      }
      return found.length === 0 ? null : { values: Object.fromEntries(found), isThere: isMatch(urlPattern, contents.getURL()) };
    },
  };
};
