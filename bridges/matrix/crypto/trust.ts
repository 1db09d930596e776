/** Whether somebody is who they were when we last looked. */
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import type { UserVerificationStatus } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { PersonTrust } from '#bridge';

/** Asks the server about people whose keys we never saw. */
export async function trustOf(crypto: CryptoBackend, userId: string): Promise<PersonTrust> {
  if (!(await crypto.userHasCrossSigningKeys(userId, true))) return 'none';
  const status = await crypto.getUserVerificationStatus(userId);
  if (status.isCrossSigningVerified()) return 'verified';
  return isChanged(status) ? 'changed' : 'unverified';
}

/** Somebody new answers under a known name: the person signed in anew, or another one did. */
export const isChanged = (status: UserVerificationStatus): boolean =>
  !status.isCrossSigningVerified() && (status.needsUserApproval || status.wasCrossSigningVerified());

/**
 * Devices that take part in encryption without their owner's signature.
 * @param asksServer about people whose devices we never saw; else they count as having none
 */
export async function countUnverified(crypto: CryptoBackend, userIds: readonly string[], asksServer: boolean): Promise<number> {
  let count = 0;
  for (const [userId, devices] of await crypto.getUserDeviceInfo([...userIds], asksServer)) {
    for (const deviceId of devices.keys()) {
      if ((await crypto.getDeviceVerificationStatus(userId, deviceId))?.signedByOwner !== true) count += 1;
    }
  }
  return count;
}

/** The person decided that the new identity is the right one. */
export const approve = async (crypto: CryptoBackend, userId: string): Promise<void> => {
  const status = await crypto.getUserVerificationStatus(userId);
  if (status.wasCrossSigningVerified() && !status.isCrossSigningVerified()) await crypto.withdrawVerificationRequirement(userId);
  else await crypto.pinCurrentUserIdentity(userId);
};
