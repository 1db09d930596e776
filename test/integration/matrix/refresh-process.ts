/**
 * The tokens of one account in a process of its own, to be killed: `node refresh-process.ts PROFILE`, with
 * `account.json` in it. It renews them without an end, by the real keeper over the engine's sealed store, and says what
 * it does: `asking` for new tokens, `saved`, `known`; `out` when the server wants a new sign-in.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoginResult } from '#bridge';
import { accountId } from '#model';
import { createSealedStore, accountScope } from '../../../electron/engine/accounts/account-secrets.ts';
import { openStore } from '../../../electron/engine/store/open-store.ts';
import { openVault } from '../../../electron/engine/vault/vault.ts';
import { readAccountSettings } from '../../../bridges/matrix/account-settings.ts';
import type { Tokens } from '../../../bridges/matrix/refresh.ts';
import { readTokens, saveTokens } from '../../../bridges/matrix/stored-tokens.ts';
import { createTokenKeeper } from '../../../bridges/matrix/worker/token-keeper.ts';

const [profileDir = ''] = process.argv.slice(2);
const say = (word: string): void => void process.stdout.write(`${word}\n`);

const login = JSON.parse(readFileSync(join(profileDir, 'account.json'), 'utf8')) as LoginResult;
const isFirst = !existsSync(join(profileDir, 'palomar.db'));
const { db } = openStore(profileDir);
const vault = openVault({ profileDir, hostKey: Buffer.alloc(32, 7), now: Date.now, onChange: () => undefined });
const secrets = createSealedStore(db, vault, accountScope(accountId(1)));
if (isFirst) for (const [name, value] of Object.entries(login.secrets)) await secrets.set(name, value);

const { baseUrl, oauth } = readAccountSettings({ id: accountId(1), address: login.address, displayName: null, settings: login.settings });
const isRenewal = (url: unknown, body: unknown): boolean => String(url).endsWith('/refresh') || String(body).includes('grant_type=refresh_token');
const plainFetch = globalThis.fetch;
globalThis.fetch = (input, init) => {
  if (isRenewal(input, init?.body)) say('asking');
  return plainFetch(input, init);
};

const signal = new AbortController().signal;
const save = async (fresh: Tokens): Promise<void> => {
  await saveTokens(secrets, fresh);
  say('saved');
};

for (;;) {
  const kept = await readTokens(secrets);
  if (kept === null) throw new Error('no tokens');
  // As if the access token had run out by now: each round begins with a renewal.
  const keeper = createTokenKeeper({ baseUrl, oauth, signal, save, tokens: { ...kept, accessToken: 'run-out' } });
  const answer = await keeper.fetch(`${baseUrl}/_matrix/client/v3/account/whoami`);
  await answer.body?.cancel();
  say(answer.status === 200 ? 'known' : 'out');
  if (answer.status !== 200) break;
}
