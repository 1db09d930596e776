import { BridgeError, type SecretStore } from '#bridge';
import type { StreamOptions } from './stream/credentials.ts';
import { sealedMemory } from './stream/sign-in-memory.ts';

/** The name of the password among the account's secrets. */
export const passwordSecret = 'password';

/** What an account signs in with, read from its sealed secrets when it is needed. */
export const storedCredentials = (secrets: SecretStore): Pick<StreamOptions, 'findPassword' | 'memory'> => ({
  memory: sealedMemory(secrets),
  async findPassword() {
    const password = await secrets.get(passwordSecret);
    if (password === null) throw new BridgeError('signed-out', { detail: 'no password is stored for this account' });
    return password;
  },
});
