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

/** The person decided that the new identity is the right one. */
export const approve = async (crypto: CryptoBackend, userId: string): Promise<void> => {
  const status = await crypto.getUserVerificationStatus(userId);
  if (status.wasCrossSigningVerified() && !status.isCrossSigningVerified()) await crypto.withdrawVerificationRequirement(userId);
  else await crypto.pinCurrentUserIdentity(userId);
};
