import { parseUrl } from '../parse-url.ts';

const openableSchemes: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'tel:', 'xmpp:', 'matrix:']);
const longestLink = 2_048;

/** White space, control and bidi characters: a link with one of them is not what it looks like. */
const hidden = /[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/**
 * The address to hand to the operating system, or null when it must not be opened. Only schemes that open a
 * browser, a mail or phone program or a chat: everything else can start a program with arguments of a
 * stranger's choosing (CVE-2024-37182 and kin).
 */
export const openableLink = (link: unknown): string | null => {
  if (typeof link !== 'string' || link.length > longestLink || hidden.test(link) || link.includes('\\')) return null;
  const url = parseUrl(link);
  if (url === null || !openableSchemes.has(url.protocol)) return null;
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  // `https:example.org` and names with a password before the host are ways to make a link look like another.
  if (isWeb && (!/^https?:\/\/[^/]/i.test(link) || url.username !== '' || url.password !== '')) return null;
  // A mail program's `attach` would send a file from this computer along.
  if (url.protocol === 'mailto:' && [...url.searchParams.keys()].some((key) => /^attach/i.test(key))) return null;
  return url.href;
};
