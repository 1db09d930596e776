import type { Extension, ExtensionContext } from './extension.ts';
import { readNickname } from './extensions/0172-user-nickname.ts';
import { ns } from './namespaces.ts';

/** Names that contacts give themselves; a name from our own contact list goes before. */
export const nicknames = (context: ExtensionContext): Extension => ({
  pep: {
    [ns.nickname]: {
      of: 'anyone',
      read: ({ from, items }) => {
        const { roster, ownBareJid } = context.link;
        const [item] = items;
        // Strangers have no say in how they are called here.
        if (item === undefined || from === ownBareJid || roster.contact(from) === undefined) return [];
        return roster.noteNickname(from, readNickname(item.payload)) ? [roster.person(from)] : [];
      },
    },
  },
});
