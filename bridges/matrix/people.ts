/** The engine's end of what concerns people: profiles, pictures, and whom we do not want to hear. */
import type { BridgeSession } from '#bridge';
import type { WorkerLink } from './worker-link.ts';

export const openPeople = (link: WorkerLink): Pick<BridgeSession, 'avatars' | 'blocking' | 'profiles'> => ({
  avatars: {
    download: ({ source }, path, maxBytes, signal) => link.call('downloadAvatar', [source, path, maxBytes], signal),
  },
  blocking: {
    block: (address, report) => link.call('block', [address, report]),
    unblock: (address) => link.call('unblock', [address]),
  },
  profiles: {
    fields: ['fullName'],
    load: (personId, signal) => link.call('loadProfile', [personId], signal),
    own: (signal) => link.call('ownProfile', [], signal),
    // A profile of Matrix is open to everybody; there is nothing to choose.
    setOwn: (profile) => link.call('setOwnProfile', [profile]),
    setOwnAvatar: (image) => link.call('setOwnAvatar', [image]),
  },
});
