import { describe, expect, it } from 'vitest';
import { asName, asText, asTimeMs } from '../../../bridges/matrix/event-shape.ts';
import { fileNameOf } from '../../../bridges/matrix/receive/attachment.ts';
import { readMessageContent } from '../../../bridges/matrix/receive/message-content.ts';
import { splitReplyFallback } from '../../../bridges/matrix/receive/reply-fallback.ts';
import { editContent, fileContent, textContent } from '../../../bridges/matrix/send.ts';
import { remoteMessageId, remotePersonId } from '#model';

describe('the quote in front of a reply', () => {
  it('is taken off and kept as an excerpt', () => {
    const body = '> <@bob:example.org> first line\n> second line\n\nthe answer\n> with a quote of its own';
    expect(splitReplyFallback(body)).toEqual({
      text: 'the answer\n> with a quote of its own',
      excerpt: 'first line\nsecond line',
    });
  });

  it('of an emote too', () => {
    expect(splitReplyFallback('> * <@bob:example.org> waves\n\nhello')).toEqual({ text: 'hello', excerpt: 'waves' });
  });

  it.each(['no quote', '> typed by hand\n\nanswer', '', '\n> <@a:b> late'])('%j has none', (body) => {
    expect(splitReplyFallback(body)).toEqual({ text: body });
  });
});

describe('text from strangers', () => {
  it('is clamped and free of NUL', () => {
    expect(asText('a\u0000b')).toBe('ab');
    expect(asText('x'.repeat(1_000_000)).length).toBeLessThan(100_010);
    expect(asText({ toString: () => 'no' })).toBe('');
    expect(asText('\ud800').isWellFormed()).toBe(true);
  });

  it('as a name stays on one line', () => {
    expect(asName('  two\nlines\t ')).toBe('two lines');
    expect(asName('\n\t')).toBeNull();
    expect(asName('x'.repeat(10_000))).toHaveLength(256);
  });

  it('as a time is clamped to what can be', () => {
    const nowMs = Date.UTC(2026, 10, 22);
    expect(asTimeMs(nowMs - 5, nowMs)).toBe(nowMs - 5);
    expect(asTimeMs(9e15, nowMs)).toBe(nowMs + 60_000);
    expect(asTimeMs(-62_135_596_800_000, nowMs)).toBe(Date.UTC(1990, 0, 1));
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, '5', null, undefined, {}]) expect(asTimeMs(odd, nowMs)).toBe(nowMs);
  });

  it.each([
    ['../../.bashrc', '.bashrc'],
    ['C:\\Users\\x\\evil.exe', 'evil.exe'],
    ['..', 'file'],
    ['', 'file'],
    [{}, 'file'],
    ['photo\u202Egpj.exe', 'photogpj.exe'],
    ['line\nbreak.txt', 'line break.txt'],
  ])('as a file name %j becomes %j', (value, name) => {
    expect(fileNameOf(value)).toBe(name);
  });
});

describe('content of a message', () => {
  it.each([
    [{ msgtype: 'm.text', body: 5 }],
    [{ msgtype: ['m.text'], body: 'x' }],
    [{ msgtype: '__proto__', body: 'x' }],
    [{ msgtype: 'm.image', body: 'x', url: 'https://example.org/x.png' }],
    [{}],
  ])('%j is unsupported, not an error', (content) => {
    expect(readMessageContent('m.room.message', content, false).kind).toBe('unsupported');
  });
});

describe('content that we send', () => {
  const reply = { remoteId: remoteMessageId('$a'), senderId: remotePersonId('@bob:example.org') };

  it('replies without a quote and mentions only whom it answers', () => {
    expect(textContent('yes', reply)).toEqual({
      msgtype: 'm.text',
      body: 'yes',
      'm.relates_to': { 'm.in_reply_to': { event_id: '$a' } },
      'm.mentions': { user_ids: ['@bob:example.org'] },
    });
  });

  it('names a file by its kind, with the text as caption', () => {
    const file = { remoteId: 'mxc://a/b', source: 'mxc://a/b', name: 'p.png', mime: 'image/png', sizeBytes: 3 };
    expect(fileContent(file, '', undefined)).toMatchObject({ msgtype: 'm.image', body: 'p.png', filename: 'p.png' });
    expect(fileContent(file, 'look', undefined)).toMatchObject({ body: 'look', filename: 'p.png', url: 'mxc://a/b' });
  });

  it('corrects a caption without losing the file, nor keeping old markup', () => {
    const original = { msgtype: 'm.image', body: 'old', filename: 'p.png', url: 'mxc://a/b', format: 'x', formatted_body: '<b>old</b>' };
    const edit = editContent('$a', 'new', original);
    expect(edit['m.new_content']).toEqual({ msgtype: 'm.image', body: 'new', filename: 'p.png', url: 'mxc://a/b', 'm.mentions': {} });
    expect(edit['m.relates_to']).toEqual({ rel_type: 'm.replace', event_id: '$a' });
    expect(JSON.stringify(edit)).not.toContain('old');
  });
});
