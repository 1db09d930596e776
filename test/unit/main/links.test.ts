import { describe, expect, it } from 'vitest';
import { openedLinks, refusedLinks } from '../../e2e/kit/attacks.ts';
import { deepLinkOf, readDeepLink } from '../../../electron/main/links/deep-link.ts';
import { openableLink } from '../../../electron/main/links/link-policy.ts';

describe('openableLink', () => {
  it.each(refusedLinks.map((link) => [link.slice(0, 80), link]))('refuses %j', (_shown, link) => {
    expect(openableLink(link)).toBeNull();
  });

  it.each(openedLinks)('lets %s through', (link) => {
    expect(openableLink(link)).toBe(new URL(link).href);
  });

  it.each([undefined, null, 7, {}, ['https://example.org'], new URL('https://example.org')])('refuses what is no text: %j', (value) => {
    expect(openableLink(value)).toBeNull();
  });

  it('hands a foreign host on in punycode, so that nothing is opened under a look-alike name', () => {
    expect(openableLink('https://аpple.example/')).toBe('https://xn--pple-43d.example/');
  });
});

describe('readDeepLink', () => {
  it.each([
    ['palomar:conversation/7', 7],
    ['palomar://conversation/7', 7],
    ['palomar://conversation/7/', 7],
  ])('reads %s', (word, conversationId) => {
    expect(readDeepLink(word)).toEqual({ conversationId });
  });

  it.each([
    'palomar:conversation/0',
    'palomar:conversation/-1',
    'palomar:conversation/1.5',
    'palomar:conversation/9007199254740993',
    'palomar:conversation/7?x=1',
    'palomar:conversation/7#x',
    'palomar:conversation/7 --inspect',
    'palomar:conversation/7\n',
    'palomar:conversation/../7',
    'palomar:settings',
    'palomar://app/',
    'PALOMAR:conversation/7',
    'xpalomar:conversation/7',
    `palomar:conversation/${'7'.repeat(1_000_000)}`,
    7,
    null,
  ])('ignores %j', (word) => {
    expect(readDeepLink(word)).toBeNull();
  });

  it('finds a link among switches, which it ignores', () => {
    expect(deepLinkOf(['--inspect', '/path/to/app', '--gpu-launcher=x', 'palomar:conversation/3'])).toEqual({ conversationId: 3 });
    expect(deepLinkOf(['--palomar:conversation/3'])).toBeNull();
  });
});
