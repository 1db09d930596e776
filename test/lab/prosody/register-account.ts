import { askAdminShell } from './admin-shell.ts';
import { lua } from './lua.ts';

/** Where a Prosody is; enough to make accounts from any process of the same user. */
export interface ProsodyPlace {
  dir: string;
  domain: string;
}

/** Makes an account; an existing one gets the new password. */
export async function registerAccount({ dir, domain }: ProsodyPlace, user: string, password: string): Promise<void> {
  const jid = lua(`${user}@${domain}`);
  try {
    await askAdminShell(dir, `user:create(${jid}, ${lua(password)})`);
  } catch (error) {
    if (!String(error).includes('User exists')) throw error;
    await askAdminShell(dir, `user:password(${jid}, ${lua(password)})`);
  }
}
