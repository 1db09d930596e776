import { describe, expect, it } from 'vitest';
import { isPageCatch } from '../../../electron/main/page-catch/is-page-catch.ts';
import { isMatch, isOfDomain } from '../../../electron/main/page-catch/matches.ts';

const wish = {
  url: 'https://network.example/login',
  fields: [{ name: 'sid', isRequired: true, sources: [{ kind: 'cookie', name: 'sid', domain: '.network.example' }] }],
};

describe('what a page may ask to be caught', () => {
  it('is a page on https with named values', () => {
    expect(isPageCatch(wish)).toBe(true);
    expect(isPageCatch({ ...wish, userAgent: 'Browser/1', urlPattern: '^https://network' })).toBe(true);
  });

  it.each([
    ['nothing', null],
    ['plain http', { ...wish, url: 'http://network.example/' }],
    ['a file', { ...wish, url: 'file:///etc/passwd' }],
    ['our own page', { ...wish, url: 'palomar://app/' }],
    ['a name before the host', { ...wish, url: 'https://bank.example@network.example/' }],
    ['a program', { ...wish, fields: [{ ...wish.fields[0], sources: [{ kind: 'script', name: 'alert(1)' }] }] }],
    ['too many fields', { ...wish, fields: Array.from({ length: 31 }, () => wish.fields[0]) }],
    ['an endless pattern', { ...wish, urlPattern: 'a'.repeat(501) }],
  ])('is not %s', (_name, value) => {
    expect(isPageCatch(value)).toBe(false);
  });
});

it('patterns match, and those that are none, or take for ever, match nothing', () => {
  expect(isMatch(undefined, 'anything')).toBe(true);
  expect(isMatch('^https://network\\.example/', 'https://network.example/home')).toBe(true);
  expect(isMatch('(', '(')).toBe(false);
  const startedAtMs = performance.now();
  expect(isMatch('^(a+)+$', `${'a'.repeat(60)}!`)).toBe(false);
  expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  expect(isMatch('this.constructor.constructor("return process")()', 'x')).toBe(false);
});

it.each([
  ['.network.example', 'network.example', true],
  ['www.network.example', '.network.example', true],
  ['network.example', undefined, true],
  ['evilnetwork.example', 'network.example', false],
  ['example', 'network.example', false],
] as const)('a cookie of %s is one of %s: %s', (domain, wanted, expected) => {
  expect(isOfDomain(domain, wanted)).toBe(expected);
});
