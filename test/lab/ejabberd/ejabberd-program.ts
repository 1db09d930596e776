import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { findProgram } from '../core/find-program.ts';

export interface EjabberdProgram {
  erlang: string;
  /** The folder that holds ejabberd's own compiled code, for `ERL_LIBS`. */
  libraries: string;
  version: string;
}

const schemaFile = '/usr/share/ejabberd/sql/lite.sql';

/**
 * The parts of Debian's ejabberd. It is started by Erlang itself and not by `ejabberdctl`: that one changes to a user
 * of its own and starts epmd, which listens for everybody and outlives the server.
 */
export function ejabberdProgram(): EjabberdProgram {
  const erlang = findProgram('erl');
  const [folder] = globSync('/usr/lib/*/ejabberd-*');
  if (!erlang || folder === undefined || !existsSync(schemaFile)) {
    throw new Error('ejabberd is not installed; "npm run lab" prints the line that installs it');
  }
  const version = /ejabberd-([\d.]+)/.exec(folder)?.[1] ?? 'unknown';
  return { erlang, libraries: dirname(folder), version };
}

/** ejabberd does not make its SQLite tables itself. */
export function createEjabberdDatabase(path: string): void {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(readFileSync(schemaFile, 'utf8'));
  database.close();
}
