/**
 * XEP-0402 PEP Native Bookmarks, version 1.2.0 — https://xmpp.org/extensions/xep-0402.html, with what XEP-0469 and
 * XEP-0492 put into its `<extensions/>`. What others put there is kept as it is.
 */
import type { NotifyLevel } from '#model';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { bareJid } from '../jid.ts';
import { simpleForm } from './0004-data-forms.ts';
import { usablePassword } from './0249-direct-invitations.ts';
import { pinned, readPinned } from './0469-bookmark-pinning.ts';
import { readNotifyLevel, withNotifyLevel } from './0492-notification-settings.ts';
import { privateNodeOptions, type PubsubItem } from './0060-publish-subscribe.ts';
import { ns } from '../namespaces.ts';

export interface Bookmark {
  readonly room: string;
  readonly name: string | null;
  readonly isAutojoin: boolean;
  readonly nick: string | null;
  readonly password: string | null;
  readonly isPinned: boolean;
  /** Undefined: nothing is set. */
  readonly notify: NotifyLevel | undefined;
  /** As it came, to go back with what we change. */
  readonly extensions: XmlElement | undefined;
}

/** Servers that cannot keep the node private refuse to take it at all. */
export const bookmarkOptions = privateNodeOptions;

/** Sets the node up as it has to be (XEP-0060 section 8.2), where an older client made it otherwise. */
export const configureBookmarks = (): XmlElement => {
  const fields = Object.fromEntries(Object.entries(bookmarkOptions).map(([name, value]) => [`pubsub#${name}`, value]));
  const form = simpleForm('http://jabber.org/protocol/pubsub#node_config', fields);
  return element('pubsub', { xmlns: `${ns.pubsub}#owner` }, element('configure', { node: ns.bookmarks }, form));
};

const longestName = 500;
const longestNick = 200;

/** Null: not a bookmark. */
export function readBookmark({ id, payload }: PubsubItem): Bookmark | null {
  const room = bareJid(id);
  if (room === null || !room.includes('@') || !payload.is('conference', ns.bookmarks)) return null;
  const extensions = payload.child('extensions');
  const name = payload.attribute('name')?.slice(0, longestName) ?? '';
  const nick = payload.childText('nick')?.slice(0, longestNick) ?? '';
  return {
    room,
    name: name === '' ? null : name,
    isAutojoin: ['true', '1'].includes(payload.attribute('autojoin') ?? ''),
    nick: nick === '' ? null : nick,
    password: usablePassword(payload.childText('password')),
    isPinned: extensions !== undefined && readPinned(extensions),
    notify: extensions === undefined ? undefined : readNotifyLevel(extensions),
    extensions,
  };
}

export function writeBookmark(bookmark: Bookmark): XmlElement {
  const { name, isAutojoin, nick, password, isPinned, notify, extensions } = bookmark;
  const kept = (extensions?.elements() ?? []).filter(
    (one) => !one.is('pinned', ns.pinning) && !(notify !== undefined && one.is('notify', ns.notifySettings)),
  );
  const inside = [
    ...kept,
    ...(isPinned ? [pinned()] : []),
    ...(notify === undefined ? [] : [withNotifyLevel(extensions, notify)]),
  ];
  return element(
    'conference',
    { xmlns: ns.bookmarks, name: name ?? undefined, autojoin: String(isAutojoin) },
    nick === null ? null : element('nick', {}, nick),
    password === null ? null : element('password', {}, password),
    inside.length === 0 ? null : element('extensions', {}, ...inside),
  );
}
