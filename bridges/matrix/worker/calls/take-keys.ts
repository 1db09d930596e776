import { importKeys } from '../../crypto/key-file.ts';
import type { AccountContext } from '../account-context.ts';

/** Keys of a file: messages that waited for them become readable as with every other key. See {@link importKeys}. */
export const takeKeys = async (context: AccountContext, path: string, passphrase: string): Promise<{ readonly keyCount: number }> => {
  const { backend } = context.crypto();
  const keyCount = await importKeys(backend, path, passphrase, (doneCount, totalCount) =>
    context.pass([{ type: 'encryption.importing', doneCount, totalCount }]),
  );
  return { keyCount };
};
