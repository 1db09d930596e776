/** The only schemes that ever leave the page; the Electron shell holds the same list at its own door. */
const allowedSchemes: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:', 'tel:', 'xmpp:', 'matrix:']);

export const isAllowedLink = (url: string): boolean => {
  try {
    return allowedSchemes.has(new URL(url).protocol);
  } catch {
    return false;
  }
};

/** Opens a link in a tab of its own that cannot reach back; false when its scheme is not allowed. */
export const openOutside = (url: string): boolean => {
  if (!isAllowedLink(url)) return false;
  window.open(url, '_blank', 'noopener,noreferrer');
  return true;
};
