/** What speaks against writing into an encrypted room without a second thought, from what the device knows by itself. */
import type { EncryptionWarnings } from '#bridge';
import { personOf } from '../ids.ts';
import type { AccountContext } from '../worker/account-context.ts';
import { readDevicePolicy } from './device-policy.ts';
import { countUnverified, isChanged } from './trust.ts';

/** Each is some reads of the key store: a large room is not looked at to its end. */
const mostPeople = 100;

/** Nothing of a room that is not encrypted. @throws BridgeError `offline` before the keys are open */
export const readWarnings = async (context: AccountContext, roomId: string): Promise<EncryptionWarnings> => {
  const { store, selfId } = context;
  const devicePolicy = readDevicePolicy(store.settings);
  const room = store.rooms.get(roomId);
  if (room?.membership !== 'joined' || !room.isEncrypted) return { changedPeople: [], unverifiedDevices: { count: 0, devicePolicy } };
  const crypto = context.crypto().backend;
  const userIds = store.people.of(roomId).filter((userId) => userId !== selfId).slice(0, mostPeople);
  const changed: string[] = [];
  for (const userId of userIds) if (isChanged(await crypto.getUserVerificationStatus(userId))) changed.push(userId);
  return { changedPeople: changed.map(personOf), unverifiedDevices: { count: await countUnverified(crypto, userIds, false), devicePolicy } };
};
