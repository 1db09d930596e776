import { join } from 'node:path';
import { runCommand } from '../core/run-command.ts';

/** Where a Prosody is; enough to make accounts from any process of the same user. */
export interface ProsodyPlace {
  dir: string;
  domain: string;
  controlProgram: string;
}

/** Makes an account; an existing one gets the new password. */
export async function registerAccount(place: ProsodyPlace, user: string, password: string): Promise<void> {
  const configFile = join(place.dir, 'prosody.cfg.lua');
  await runCommand(place.controlProgram, ['--config', configFile, 'register', user, place.domain, password], {
    cwd: place.dir,
  });
}
