import { Avatars } from './avatars.ts';
import { BlockList } from './block-list.ts';
import { ContactActions } from './contact-actions.ts';
import type { Extension, ExtensionContext } from './extension.ts';
import { idleNamespace } from './extensions/0319-idle.ts';
import { nicknames } from './nicknames.ts';
import { OwnPresence } from './own-presence.ts';
import { Profiles } from './profiles.ts';

/** Everything about people beside what they write. */
export interface People {
  readonly contacts: ContactActions;
  readonly avatars: Avatars;
  readonly profiles: Profiles;
  readonly blocks: BlockList;
  readonly ownPresence: OwnPresence;
  readonly extensions: readonly Extension[];
}

/** Wires them for one account. */
export function createPeople(context: ExtensionContext): People {
  const avatars = new Avatars(context);
  const blocks = new BlockList(context);
  const ownPresence = new OwnPresence(context);
  return {
    contacts: new ContactActions(context),
    avatars,
    profiles: new Profiles(context, avatars, ownPresence),
    blocks,
    ownPresence,
    extensions: [blocks.extension(), avatars.extension(), nicknames(context), ownPresenceOf(ownPresence)],
  };
}

const ownPresenceOf = (ownPresence: OwnPresence): Extension => ({
  features: [idleNamespace],
  online: (isFresh) => {
    if (!isFresh) ownPresence.resumed();
    return Promise.resolve();
  },
  detach: () => ownPresence.detach(),
});
