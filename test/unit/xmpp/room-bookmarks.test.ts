import { describe, expect, it } from 'vitest';
import { readOldBookmarks } from '../../../bridges/xmpp/extensions/0048-bookmark-storage.ts';
import { readBookmark, writeBookmark } from '../../../bridges/xmpp/extensions/0402-native-bookmarks.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import { elementsOf } from '../../golden/xmpp/subject.ts';

const room = 'plans@muc.example';
const conference = (inside: string, attributes = 'autojoin="1" name="Plans"') => {
  const [payload] = elementsOf(`<conference xmlns="urn:xmpp:bookmarks:1" ${attributes}>${inside}</conference>`);
  if (payload === undefined) throw new Error('no payload');
  return { id: room, payload };
};
const notify = (inside: string): string => `<extensions><notify xmlns="urn:xmpp:notification-settings:1">${inside}</notify></extensions>`;

describe('a bookmark', () => {
  it('is read with what is set in it', () => {
    const inside = `<nick>Alix</nick><password>s</password><extensions><pinned xmlns="urn:xmpp:bookmarks-pinning:0"/></extensions>`;
    expect(readBookmark(conference(inside))).toMatchObject({ room, name: 'Plans', isAutojoin: true, nick: 'Alix', password: 's', isPinned: true, notify: undefined });
    expect(readBookmark(conference('', ''))).toMatchObject({ isAutojoin: false, name: null, nick: null, password: null, isPinned: false });
  });

  it.each(['', 'muc.example', 'no address@'])('of %j is none', (id) => {
    expect(readBookmark({ ...conference(''), id })).toBeNull();
  });

  it.each([
    ['<never identity-category="client" identity-type="phone"/><on-mention/>', 'mentions'],
    ['<always/><never identity-category="client"/>', 'none'],
    ['<never/><always identity-category="client" identity-type="pc"/>', 'all'],
    ['<sometimes/>', undefined],
    ['<never identity-category="gateway"/>', undefined],
  ] as const)('says how loud it is by the setting that fits us best: %s', (inside, level) => {
    expect(readBookmark(conference(notify(inside)))?.notify).toBe(level);
  });

  it('goes back with everything that others put into it', () => {
    const inside =
      '<extensions><x xmlns="urn:example:colour">blue</x><notify xmlns="urn:xmpp:notification-settings:1">' +
      '<never identity-category="client" identity-type="phone"/><always><advanced><y xmlns="urn:example:y"/></advanced></always></notify></extensions>';
    const bookmark = readBookmark(conference(inside));
    if (bookmark === null) throw new Error('no bookmark');
    const wire = serialize(writeBookmark({ ...bookmark, isPinned: true, notify: 'none' }));
    expect(wire).toContain('urn:example:colour');
    expect(wire).toContain('identity-type="phone"');
    expect(wire).toContain('urn:example:y');
    expect(wire).toContain('urn:xmpp:bookmarks-pinning:0');
    expect(wire.match(/<notify/g)).toHaveLength(1);
    const again = elementsOf(wire)[0];
    expect(again && readBookmark({ id: room, payload: again })).toMatchObject({ isPinned: true, notify: 'none', isAutojoin: true });
  });

  it('of the old kind is taken over; what is no room is not', () => {
    const [answer] = elementsOf(
      '<iq><query xmlns="jabber:iq:private"><storage xmlns="storage:bookmarks"><conference jid="Old@muc.example" autojoin="true"><nick>a</nick></conference>' +
        '<conference jid="muc.example"/><conference/><url url="https://x"/></storage></query></iq>',
    );
    expect(answer && readOldBookmarks(answer)).toMatchObject([{ room: 'old@muc.example', isAutojoin: true, nick: 'a' }]);
  });
});
