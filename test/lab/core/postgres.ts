import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram } from './find-program.ts';
import { pickFreePorts } from './free-ports.ts';
import { createRunFolder, removeRunFolder } from './run-folder.ts';
import { runCommand } from './run-command.ts';
import { runServer, type RunningServer } from './run-server.ts';

export interface PostgresServer extends RunningServer {
  readonly port: number;
  /** Loopback only, without a password; may do everything. */
  readonly user: string;
  /** Runs one of its programs (`psql`, `createdb`, `pg_restore` …) against it, as that user. */
  run(program: string, args: readonly string[]): Promise<string>;
}

const user = 'postgres';

/** Starts a PostgreSQL of its own: data in memory, nothing is waited for to reach a disk. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = createRunFolder('postgres');
  try {
    return await startIn(folder);
  } catch (error) {
    if (existsSync(folder)) removeRunFolder(folder);
    throw error;
  }
}

async function startIn(folder: string): Promise<PostgresServer> {
  const [port = 0] = await pickFreePorts(1);
  const data = join(folder, 'data');
  const asServer = await ownerOf(folder, data);
  await runCommand(...asServer('initdb', ['-D', data, '-U', user, '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync']));
  const settings = [
    `listen_addresses='127.0.0.1'`,
    `port=${port}`,
    `unix_socket_directories=''`,
    ...['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'shared_buffers=64MB'],
  ];
  writeFileSync(join(data, 'postgresql.auto.conf'), `${settings.join('\n')}\n`);
  const place = ['-h', '127.0.0.1', '-p', String(port), '-U', user];
  const run = (program: string, args: readonly string[]) => runCommand(programPath(program), [...place, ...args]);
  const [command, args] = asServer('postgres', ['-D', data]);
  const server = await runServer({
    name: 'PostgreSQL',
    command,
    args,
    folder,
    outputFile: join(folder, 'postgres.log'),
    isReady: async () => (await run('psql', ['-d', 'postgres', '-Atc', 'select 1'])).trim() === '1',
  });
  return Object.assign(server, { port, user, run });
}

type Command = [command: string, args: readonly string[]];

/** PostgreSQL refuses to run as root: then it runs as the user that its package made, and the data are that user's. */
async function ownerOf(folder: string, data: string): Promise<(program: string, args: readonly string[]) => Command> {
  mkdirSync(data, { mode: 0o700 });
  if (process.getuid?.() !== 0) return (program, args) => [programPath(program), args];
  const [uid, gid] = await Promise.all([runCommand('id', ['-u', user]), runCommand('id', ['-g', user])]);
  chmodSync(folder, 0o711);
  chownSync(data, Number(uid), Number(gid));
  const as = ['--reuid', uid.trim(), '--regid', gid.trim(), '--clear-groups'];
  return (program, args) => ['setpriv', [...as, programPath(program), ...args]];
}

/** Debian keeps them out of PATH, in a folder by version. */
function programPath(program: string): string {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(root, version, 'bin', program)).find((path) => existsSync(path));
  const beside = findProgram('initdb');
  if (found !== undefined) return found;
  if (beside === undefined) throw new Error('postgresql is not installed; "npm run lab" prints the line that installs it');
  return join(dirname(beside), program);
}
