import type { UnreadableReason } from '#model';
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

/** What a person can do about messages of one reason; null: nothing, or it passes by itself. */
export type Help = 'set-up' | 'verify-device' | 'recover' | 'device-policy' | 'import-keys';

/** The one button that helps with messages of this reason. */
export const helpFor = (reason: UnreadableReason, health: EncryptionHealth): Help | null => {
  switch (reason) {
    case 'backup-locked':
    case 'before-this-device':
    case 'withheld-history':
      return health.backup === 'elsewhere' ? 'recover' : 'import-keys';
    case 'withheld-unverified': {
      const task = nextTask(health);
      return task === 'reset' ? null : task;
    }
    case 'sender-unverified':
      return health.devicePolicy === 'verified' ? 'device-policy' : null;
    case 'withheld-not-there':
      return 'import-keys';
    default:
      return null;
  }
};
