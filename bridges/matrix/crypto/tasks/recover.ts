/** The recovery key on a new device: it becomes one of ours, and old messages become readable. */
import { decodeRecoveryKey } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { Dialog } from '#bridge';
import type { TaskContext } from './task-context.ts';
import { ask, formOf, over, pagedDialog, valueOf, type Page } from './steps.ts';

const form = formOf({ name: 'key', kind: 'secret', label: 'recovery-key', isRequired: true, values: [] });

export const openRecovery = (context: TaskContext): Promise<Dialog> => {
  const first: Page = {
    step: ask(form, 'recovery-intro'),
    answer: async (values) => {
      const key = readKey(valueOf(values, 'key'));
      if (key === null || !(await fits(context, key))) return { ...first, step: ask(form, 'recovery-key-wrong', 'error') };
      await recover(context, key);
      return { step: over('encryption-recovered') };
    },
  };
  return Promise.resolve(pagedDialog(first));
};

const readKey = (text: string): Uint8Array | null => {
  try {
    return decodeRecoveryKey(text);
  } catch {
    return null;
  }
};

async function fits({ client }: TaskContext, key: Uint8Array): Promise<boolean> {
  const stored = await client.secretStorage.getKey();
  return stored !== null && (await client.secretStorage.checkKey(new Uint8Array(key), stored[1]));
}

const recover = ({ crypto, secretKeys, selfId }: TaskContext, key: Uint8Array): Promise<void> =>
  secretKeys.using(key, async () => {
    // Without this the SDK on a fresh device knows no identity to take over.
    await crypto.userHasCrossSigningKeys(selfId, true);
    await crypto.bootstrapCrossSigning({});
    await crypto.loadSessionBackupPrivateKeyFromSecretStorage();
    await crypto.checkKeyBackupAndEnable();
    await crypto.restoreKeyBackup();
  });
