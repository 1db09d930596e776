import { runInNewContext } from 'node:vm';

/** A pattern comes from a bridge: one that takes for ever is ended. */
const patternMs = 50;
const longestText = 16_384;

/** Whether a text has what a pattern asks for; a pattern that is none, or takes too long, is matched by nothing. */
export const isMatch = (pattern: string | undefined, text: string): boolean => {
  if (pattern === undefined) return true;
  if (text.length > longestText) return false;
  try {
    return runInNewContext('new RegExp(pattern).test(text)', { pattern, text }, { timeout: patternMs }) === true;
  } catch {
    return false;
  }
};

/** Whether a cookie of this domain is one of the domain that is asked for, or of one below it. */
export const isOfDomain = (cookieDomain: string, wanted: string | undefined): boolean => {
  if (wanted === undefined) return true;
  const bare = (domain: string): string => domain.toLowerCase().replace(/^\./u, '');
  return bare(cookieDomain) === bare(wanted) || bare(cookieDomain).endsWith(`.${bare(wanted)}`);
};
