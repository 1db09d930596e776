/**
 * XEP-0048 Bookmark Storage, version 1.2, in XEP-0049 Private XML Storage, version 1.2 —
 * https://xmpp.org/extensions/xep-0048.html. Read only: rooms from before XEP-0402 are taken over. Left out: web pages.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { bareJid } from '../jid.ts';
import type { Bookmark } from './0402-native-bookmarks.ts';
import { usablePassword } from './0249-direct-invitations.ts';
import { ns } from '../namespaces.ts';

const mostRooms = 1_000;

export const oldBookmarksQuery = (): XmlElement =>
  element('query', { xmlns: ns.privateXml }, element('storage', { xmlns: ns.bookmarksOld }));

export const readOldBookmarks = (result: XmlElement): readonly Bookmark[] =>
  (result.child('query', ns.privateXml)?.child('storage', ns.bookmarksOld)?.childrenNamed('conference') ?? [])
    .slice(0, mostRooms)
    .flatMap((conference) => {
      const room = bareJid(conference.attribute('jid'));
      if (room === null || !room.includes('@')) return [];
      const nick = conference.childText('nick') ?? '';
      return [
        {
          room,
          name: conference.attribute('name') ?? null,
          isAutojoin: ['true', '1'].includes(conference.attribute('autojoin') ?? ''),
          nick: nick === '' ? null : nick,
          password: usablePassword(conference.childText('password')),
          isPinned: false,
          notify: undefined,
          extensions: undefined,
        },
      ];
    });
