import { BridgeError, type SecretStore } from '#bridge';
import type { Credentials } from './account-settings.ts';
import { sealedMemory } from './stream/sign-in-memory.ts';

/** The name of the password among the account's secrets. */
export const passwordSecret = 'password';

export const proxyPasswordSecret = 'proxy-password';

/** What an account signs in with, read from its sealed secrets when it is needed. */
export const storedCredentials = (secrets: SecretStore): Credentials => ({
  memory: sealedMemory(secrets),
  findProxyPassword: async () => (await secrets.get(proxyPasswordSecret)) ?? '',
  async findPassword() {
    const password = await secrets.get(passwordSecret);
    if (password === null) throw new BridgeError('signed-out', { detail: 'no password is stored for this account' });
    return password;
  },
});
