import { describe, expect, it } from 'vitest';
import { inspectLink } from '../../../renderer/features/conversation/link-risk.ts';
import { isJumboEmoji, longestTextShown, shortenText } from '../../../renderer/features/conversation/shorten-text.ts';
import { splitLinks } from '../../../renderer/features/conversation/split-links.ts';
import { markExcerpt } from '../../../renderer/features/search/mark-excerpt.ts';
import { isAllowedLink } from '../../../renderer/rpc/open-outside.ts';
import { avatarLook } from '../../../renderer/ui/avatar.ts';
import { revealText, visibleText } from '../../../renderer/ui/visible-text.ts';

const linksIn = (text: string): string[] => splitLinks(text).flatMap((piece) => (piece.kind === 'link' ? [piece.url] : []));
const joined = (text: string): string => splitLinks(text).map((piece) => piece.text).join('');

describe('visible text', () => {
  it('shows characters that turn the reading direction in names of files', () => {
    expect(revealText('invoice\u202efdp.exe')).toBe('invoice⟨U+202E⟩fdp.exe');
    expect(revealText('a\u0000b\u001bc\u007f')).toBe('a␀b␛c␡');
  });

  it('takes them out of names and keeps one line', () => {
    expect(visibleText('\u202eevil\u2066\nname\u0007')).toBe('evil name');
  });

  it('leaves ordinary writing alone, also from right to left', () => {
    expect(revealText('Õie Kõiv · añil · שלום · 👩‍💻')).toBe('Õie Kõiv · añil · שלום · 👩‍💻');
  });
});

describe('links', () => {
  it('are found without changing a letter of the text', () => {
    const text = 'See https://example.org/a?b=1 or write to ana@example.org, xmpp:ana@example.org and tel:+34600123456.';
    expect(linksIn(text)).toEqual(['https://example.org/a?b=1', 'mailto:ana@example.org', 'xmpp:ana@example.org', 'tel:+34600123456']);
    expect(joined(text)).toBe(text);
  });

  it.each(['javascript:alert(1)', 'data:text/html,<b>x', 'file:///etc/passwd', 'smb://host/share', 'vbscript:x', '\\\\host\\share', '//evil.example', 'ftp://x.example/a'])(
    'are not made of %s',
    (text) => {
      for (const url of linksIn(`click ${text} now`)) expect(isAllowedLink(url)).toBe(true);
      expect(linksIn(`click ${text} now`).some((url) => /^(javascript|data|file|smb|vbscript|ftp):/u.test(url))).toBe(false);
    },
  );

  it('let only harmless schemes out of the page', () => {
    expect(['https://a.example', 'mailto:a@b.example', 'tel:+1', 'xmpp:a@b', 'matrix:u/a:b'].every(isAllowedLink)).toBe(true);
    expect(['javascript:alert(1)', 'file:///x', 'ms-msdt:/x', 'JaVaScRiPt:x', 'not a url', ''].some(isAllowedLink)).toBe(false);
  });

  it('do not hold up the page in a megabyte of them', () => {
    const text = 'http://a.b/'.repeat(90_000);
    const startedAtMs = performance.now();
    expect(joined(text)).toBe(text);
    expect(splitLinks(text).length).toBeLessThan(250);
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });

  it('ask before opening when the host could be taken for another', () => {
    expect(inspectLink('https://аррӏе.com/login')).toEqual({ isRisky: true, host: 'xn--80ak6aa92e.com' });
    expect(inspectLink('https://xn--80ak6aa92e.com')?.isRisky).toBe(true);
    expect(inspectLink('https://bank.example@evil.example/')).toMatchObject({ isRisky: true, host: 'evil.example' });
    expect(inspectLink('https://example.org/\u202egpj.exe')?.isRisky).toBe(true);
    expect(inspectLink('mailto:ana@аррӏе.com')?.isRisky).toBe(true);
    expect(inspectLink('https://example.org/año')).toEqual({ isRisky: false, host: 'example.org' });
    expect(inspectLink('no link')).toBeNull();
  });
});

describe('long texts', () => {
  it('are cut at first, never through the middle of a character', () => {
    const { shown, isCut } = shortenText(`x${'😀'.repeat(10_000)}`);
    expect(isCut).toBe(true);
    expect(shown.length).toBeLessThanOrEqual(longestTextShown);
    expect(shown.isWellFormed()).toBe(true);
  });

  it('are cut after many lines too', () => {
    expect(shortenText('a\n'.repeat(1_000)).shown.split('\n')).toHaveLength(60);
    expect(shortenText('short')).toEqual({ shown: 'short', isCut: false });
  });

  it('draw a few emoji large and nothing else', () => {
    expect(['👍', '❤️', '👩‍💻 🎉'].every(isJumboEmoji)).toBe(true);
    expect(['👍👍👍👍', 'ok 👍', '12', ''].some(isJumboEmoji)).toBe(false);
  });
});

describe('search excerpts', () => {
  it('are cut at their marks into pieces that add up to the text', () => {
    const excerpt = 'la <b>oferta</b> firmada';
    const pieces = markExcerpt({ excerpt, marks: [[6, 12]] });
    expect(pieces.filter((piece) => piece.isMarked).map((piece) => piece.text)).toEqual(['oferta']);
    expect(pieces.map((piece) => piece.text).join('')).toBe(excerpt);
  });

  it('survive marks that make no sense', () => {
    const pieces = markExcerpt({ excerpt: 'abc', marks: [[2, 1], [-1, 2], [1, 99], [1, 2], [0, 1]] });
    expect(pieces.map((piece) => piece.text).join('')).toBe('abc');
  });
});

describe('avatars', () => {
  it('take letters only, and stay the same', () => {
    expect(avatarLook('\u202e\u0000Marta Ruiz', false).initials).toBe('MR');
    expect(avatarLook('õie', false).initials).toBe('Õ');
    expect(avatarLook('😀', false).initials).toBe('?');
    expect(avatarLook('Marta', false)).toEqual(avatarLook('Marta', false));
  });
});
