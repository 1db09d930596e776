/** Whether somebody is who they were when we last looked. */
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import type { PersonTrust } from '#bridge';

/** Asks the server about people whose keys we never saw. */
export async function trustOf(crypto: CryptoBackend, userId: string): Promise<PersonTrust> {
  if (!(await crypto.userHasCrossSigningKeys(userId, true))) return 'none';
  const status = await crypto.getUserVerificationStatus(userId);
  if (status.isCrossSigningVerified()) return 'verified';
  // Somebody new answers under a known name: the person signed in anew, or another one did.
  return status.needsUserApproval || status.wasCrossSigningVerified() ? 'changed' : 'unverified';
}

/** Devices that take part in encryption without their owner's signature. */
export async function countUnverified(crypto: CryptoBackend, userId: string): Promise<number> {
  const devices = (await crypto.getUserDeviceInfo([userId], true)).get(userId) ?? new Map<string, unknown>();
  const statuses = await Promise.all([...devices.keys()].map((deviceId) => crypto.getDeviceVerificationStatus(userId, deviceId)));
  return statuses.filter((status) => status?.signedByOwner !== true).length;
}

/** The person decided that the new identity is the right one. */
export const approve = async (crypto: CryptoBackend, userId: string): Promise<void> => {
  const status = await crypto.getUserVerificationStatus(userId);
  if (status.wasCrossSigningVerified() && !status.isCrossSigningVerified()) await crypto.withdrawVerificationRequirement(userId);
  else await crypto.pinCurrentUserIdentity(userId);
};
