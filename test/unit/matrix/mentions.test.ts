import { describe, expect, it } from 'vitest';
import { remoteMessageId, remotePersonId } from '#model';
import { isMentioned } from '../../../bridges/matrix/receive/mentions.ts';
import { textContent } from '../../../bridges/matrix/send.ts';
import { findMentions } from '../../../bridges/matrix/worker/calls/find-mentions.ts';

const ana = { userId: '@ana:x.org', name: 'Ana' };
const anaMaria = { userId: '@am:x.org', name: 'Ana Maria' };
const bo = { userId: '@bo:x.org', name: 'Bo' };

describe('whom a text names', () => {
  it.each([
    ['Ana: come here', ['@ana:x.org']],
    ['ask @Ana about it', ['@ana:x.org']],
    ['ask Ana Maria', ['@am:x.org']],
    ['Ana and Ana Maria', ['@ana:x.org', '@am:x.org']],
    ['Anatomy of Banana', []],
    ['ana', []],
    ['Bo', []],
    ['write to @bo:x.org', ['@bo:x.org']],
  ])('%s', (text, called) => {
    const found = findMentions(text, [ana, anaMaria, bo]).map(({ personId }) => personId);
    // "Ana" alone inside "Ana Maria" stands for the longer one.
    expect(found.toSorted()).toEqual(called.toSorted());
  });

  it('a name that two have calls neither', () => {
    expect(findMentions('Ana?', [ana, { userId: '@other:x.org', name: 'Ana' }])).toEqual([]);
  });
});

describe('what is sent', () => {
  it('calls those who are named or answered and nobody else, with a link each', () => {
    const text = 'a <b> & Ana: look';
    const mentions = [{ personId: remotePersonId('@ana:x.org'), start: 8, end: 11 }];
    const reply = { remoteId: remoteMessageId('$1'), senderId: remotePersonId('@bo:x.org') };
    expect(textContent(text, reply, mentions)).toEqual({
      msgtype: 'm.text',
      body: text,
      format: 'org.matrix.custom.html',
      formatted_body: 'a &lt;b&gt; &amp; <a href="https://matrix.to/#/%40ana%3Ax.org">Ana</a>: look',
      'm.relates_to': { 'm.in_reply_to': { event_id: '$1' } },
      'm.mentions': { user_ids: ['@bo:x.org', '@ana:x.org'] },
    });
    expect(textContent('hello', undefined)).toEqual({ msgtype: 'm.text', body: 'hello', 'm.mentions': {} });
  });

  it('what is said of oneself behind /me is an emote, and who is named in it stays a link', () => {
    const mentions = [{ personId: remotePersonId('@ana:x.org'), start: 10, end: 13 }];
    expect(textContent('/me waves Ana', undefined, mentions)).toMatchObject({
      msgtype: 'm.emote',
      body: 'waves Ana',
      formatted_body: 'waves <a href="https://matrix.to/#/%40ana%3Ax.org">Ana</a>',
    });
    expect(textContent('/mean', undefined)).toMatchObject({ msgtype: 'm.text', body: '/mean' });
    expect(textContent('/me ', undefined)).toMatchObject({ msgtype: 'm.text', body: '/me ' });
  });

  it('a place outside the text is passed over', () => {
    const mentions = [{ personId: remotePersonId('@ana:x.org'), start: 3, end: 99 }];
    expect(textContent('Ana', undefined, mentions)).not.toHaveProperty('formatted_body');
  });
});

describe('whether a message means us', () => {
  const us = { selfId: '@alice:x.org', ownName: 'Alice', mayCallAll: false };
  it.each([
    [{ body: 'x', 'm.mentions': { user_ids: ['@alice:x.org'] } }, true],
    [{ body: 'Alice', 'm.mentions': {} }, false],
    [{ body: 'x', 'm.mentions': { user_ids: '@alice:x.org' } }, false],
    [{ body: 'x', 'm.mentions': { room: true } }, false],
    [{ body: 'hi alice!' }, true],
    [{ body: 'malice' }, false],
    [{ body: 'hi @alice:x.org' }, true],
    [{ body: 7 }, false],
  ])('%j → %s', (content, expected) => {
    expect(isMentioned(content, us)).toBe(expected);
  });

  it('everybody is called only by who may', () => {
    expect(isMentioned({ body: 'x', 'm.mentions': { room: true } }, { ...us, mayCallAll: true })).toBe(true);
  });

  it('a name of two letters is no call', () => {
    expect(isMentioned({ body: 'al' }, { ...us, ownName: 'al', selfId: '@al:x.org' })).toBe(false);
  });
});
