import { emptyProfile, type BridgeEvent, type BridgeSession } from '#bridge';
import { remotePersonId } from '#model';

type PeopleAbilities = Required<Pick<BridgeSession, 'contacts' | 'profiles' | 'blocking' | 'ownPresence'>>;

/** What a network knows of people: everything is noted, and what changes is said back. */
export const createFakePeople = (
  note: (name: string, ...args: readonly unknown[]) => void,
  emit: (events: readonly BridgeEvent[]) => Promise<void>,
): PeopleAbilities => ({
  contacts: {
    save: async (address, { name, groups }, asksPresence) => {
      note('saveContact', address, name, groups, asksPresence);
      const personId = remotePersonId(address);
      await emit([{ type: 'contact.upserted', contact: { personId, name, groups, bond: asksPresence ? 'asked' : 'none' } }]);
      return personId;
    },
    remove: async (personId) => {
      note('removeContact', personId);
      await emit([{ type: 'contact.deleted', personId }]);
    },
    asksUs: () => false,
    setSeesUs: async (personId, seesUs) => note('setSeesUs', personId, seesUs),
  },
  profiles: {
    load: async (personId) => ({ ...emptyProfile, fullName: `Card of ${personId}` }),
    own: async () => ({ ...emptyProfile, fullName: 'Me' }),
    setOwn: async (profile, visibility) => note('setOwn', profile, visibility),
    setOwnAvatar: async (image) => note('setOwnAvatar', image === null ? null : image.bytes.length),
  },
  blocking: {
    block: async (address, report) => {
      note('block', address, report);
      await emit([{ type: 'blocked.changed', address, isBlocked: true }]);
    },
    unblock: async (address) => {
      note('unblock', address);
      await emit([{ type: 'blocked.changed', address, isBlocked: false }]);
    },
  },
  ownPresence: {
    setPresence: async (presence, statusText) => note('setPresence', presence, statusText),
    setIdle: async (sinceMs) => note('setIdle', sinceMs),
  },
});
