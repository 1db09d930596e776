import type { EncryptionHealth } from '../../rpc/index.ts';

/** The one thing that helps most now; null: all is well. */
export const nextTask = (health: EncryptionHealth): 'set-up' | 'verify-device' | 'recover' | 'reset' | null => {
  if (health.identity === 'none') return 'set-up';
  if (!health.isDeviceVerified) return health.devices.some(({ isVerified, isSelf }) => isVerified && !isSelf) ? 'verify-device' : 'recover';
  if (health.backup === 'elsewhere') return 'recover';
  return health.backup === 'none' ? 'reset' : null;
};

/** How many messages cannot be read, whatever the reason. */
export const unreadableCount = ({ unreadable }: EncryptionHealth): number => unreadable.reduce((sum, { count }) => sum + count, 0);
