import { describe, expect, it } from 'vitest';
import { isEventId, isRoomAlias, isRoomId, isUserId, parseMediaAddress, serverOfUser } from '../../../bridges/matrix/ids.ts';

describe('media addresses', () => {
  it.each([
    ['mxc://example.org/AbC_-123', 'example.org', 'AbC_-123'],
    ['mxc://example.org:8448/x', 'example.org:8448', 'x'],
    ['mxc://[2001:db8::1]:8448/x', '[2001:db8::1]:8448', 'x'],
  ])('%s is one', (value, server, mediaId) => {
    expect(parseMediaAddress(value)).toEqual({ server, mediaId });
  });

  it.each([
    'mxc://x/../../_matrix/client/v3/logout',
    'mxc://../x',
    'mxc://a..b/x',
    'mxc://example.org/..',
    'mxc://example.org/a%2fb',
    'mxc://example.org/a/b',
    'mxc://example.org/a?b',
    'mxc://example.org/a#b',
    'mxc://user@example.org/a',
    'mxc://example.org/',
    'mxc:///a',
    'https://example.org/a',
    'mxc://example.org/a\n',
    'MXC://example.org/a',
    ` mxc://example.org/a`,
    `mxc://example.org/${'a'.repeat(256)}`,
    null,
    {},
  ])('%j is none', (value) => {
    expect(parseMediaAddress(value)).toBeNull();
  });
});

describe('identifiers', () => {
  it('know their own kind', () => {
    expect(isUserId('@marta:levante.example')).toBe(true);
    expect(isUserId('@_irc_lab|x=y/z:levante.example:8448')).toBe(true);
    expect(isRoomAlias('#plaza mayor:levante.example')).toBe(false);
    expect(isRoomAlias('#plaza:levante.example')).toBe(true);
    expect(isRoomId('!opaque:levante.example')).toBe(true);
    expect(isRoomId('!only-a-hash')).toBe(true);
    expect(isEventId('$Kjs_-9')).toBe(true);
    expect(serverOfUser('@marta:levante.example:8448')).toBe('levante.example:8448');
  });

  it.each(['', '@', '@a', 'a:b', '@a:b c', '@a:b\n', '@a:b/c', `@${'a'.repeat(300)}:b`, 5, null])('%j is no user', (value) => {
    expect(isUserId(value)).toBe(false);
  });

  it.each(['', '!', '$', '!a\u0000', '$a b', 7, ['$a']])('%j is neither room nor event', (value) => {
    expect(isRoomId(value)).toBe(false);
    expect(isEventId(value)).toBe(false);
  });
});
