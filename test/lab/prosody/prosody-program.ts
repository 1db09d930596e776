import { findProgram } from '../core/find-program.ts';
import { prosody13Program } from './prosody-13.ts';

export type ProsodyVersion = '0.12' | '13';

/** Where one version of Prosody lives. */
export interface ProsodyProgram {
  server: string;
  /** Folder of community modules that is not built in, if any. */
  pluginPaths: readonly string[];
  /** Where the modules of the system are, when its mod_privilege must be corrected. */
  privilegeModules?: string | undefined;
}

/** Finds the programs of a version; Prosody 13 is fetched into the cache when it is not there yet. */
export async function prosodyProgram(version: ProsodyVersion): Promise<ProsodyProgram> {
  if (version === '13') return prosody13Program();
  const server = findProgram('prosody');
  if (!server) throw new Error('Prosody is not installed; "npm run lab" prints the line that installs it');
  return { server, pluginPaths: [], privilegeModules: '/usr/lib/prosody/modules' };
}
