import type { Dialog, EncryptionAbility } from '#bridge';
import type { WorkerLink } from './worker-link.ts';

/** The engine's end of what lies in `crypto/`: the keys themselves never leave the worker. */
export const openEncryption = (link: WorkerLink): EncryptionAbility => ({
  keyFiles: {
    exportKeys: (passphrase, signal) => link.call('exportKeys', [passphrase], signal),
    importKeys: (path, passphrase, signal) => link.call('importKeys', [path, passphrase], signal),
  },
  health: (signal) => link.call('encryptionHealth', [], signal),
  trust: (address, signal) => link.call('personTrust', [address], signal),
  unverifiedDevices: (address, signal) => link.call('unverifiedDevices', [address], signal),
  warnings: (conversationId, signal) => link.call('encryptionWarnings', [conversationId], signal),
  async open(task, signal): Promise<Dialog> {
    const { id, first } = await link.call('openTask', [task], signal);
    return {
      first,
      answer: (action, values, ofAnswer) => link.call('answerTask', [id, action, values], ofAnswer),
      wait: (ofWait) => link.call('waitTask', [id], ofWait),
      close: () => link.call('closeTask', [id]).catch(() => undefined),
    };
  },
});
