import { revealText } from '../../ui/visible-text.ts';

export interface LinkLook {
  /** Ask before opening: the host could be taken for another one. */
  readonly isRisky: boolean;
  /** The host as the network sees it, ASCII only (punycode). */
  readonly host: string;
}

/**
 * Whether a link could pretend to lead elsewhere: a host with letters beyond ASCII (homographs, mixed scripts), a
 * user name before the host, or hidden characters. Null: it is not a link at all.
 */
export const inspectLink = (url: string): LinkLook | null => {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return null;
  }
  const isWeb = parsed.protocol === 'http:' || parsed.protocol === 'https:';
  const domain = isWeb ? parsed.hostname : asciiDomain(parsed.pathname);
  const isPunycode = domain.split('.').some((label) => label.startsWith('xn--'));
   
  const hasForeign = /[^\u0000-\u007f]/u.test(domain);
  const hasHidden = revealText(url) !== url;
  const hasUser = isWeb && parsed.username !== '';
  return { isRisky: isPunycode || hasForeign || hasHidden || hasUser, host: domain };
};

/** `mailto:` and `xmpp:` carry the domain after the at sign. */
const asciiDomain = (path: string): string => {
  const domain = path.split('?')[0]?.split('@').at(-1)?.split('/')[0] ?? '';
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return domain;
  }
};
