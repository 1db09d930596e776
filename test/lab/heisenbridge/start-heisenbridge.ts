import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pickFreePorts } from '../core/free-ports.ts';
import { isListening } from '../core/is-listening.ts';
import { pythonEnvironment } from '../core/python-environment.ts';
import { createRunFolder } from '../core/run-folder.ts';
import { describeServer, runServer, type RunningServer } from '../core/run-server.ts';
import type { NgircdServer } from '../irc/start-ngircd.ts';
import type { AppServiceRegistration, SynapseServer } from '../synapse/start-synapse.ts';

export interface Heisenbridge extends RunningServer {
  /** The bot that takes commands; it invites its owner to a room by itself. */
  bot: string;
  /** What it is told to reach the IRC server of the lab: ADDNETWORK, ADDSERVER, OPEN, in the control room. */
  setUpCommands: readonly string[];
  /** The address that somebody on that IRC server has in Matrix. */
  ghost(nick: string): string;
  logFile: string;
}

const requirementsFile = fileURLToPath(new URL('./requirements.txt', import.meta.url));
const network = 'lab';

/**
 * Starts heisenbridge, a real bridge to a real network that tells nothing of itself in the rooms it makes.
 * Synapse restarts once for it.
 * @param owner the user whose bridge it is, who gets the control room
 */
export async function startHeisenbridge(
  synapse: Pick<SynapseServer, 'baseUrl' | 'serverName' | 'addAppService'>,
  irc: Pick<NgircdServer, 'host' | 'port'>,
  { owner }: { owner: string },
): Promise<Heisenbridge> {
  const python = await pythonEnvironment('heisenbridge', requirementsFile);
  const [port = 0] = await pickFreePorts(1);
  const folder = createRunFolder('heisenbridge');
  const registrationFile = join(folder, 'heisenbridge.yaml');
  const logFile = join(folder, 'heisenbridge.log');
  const registration = registrationOf(port, synapse.serverName);
  writeFileSync(registrationFile, JSON.stringify(registration));
  await synapse.addAppService(registration);
  const server = await runServer({
    name: 'heisenbridge',
    command: join(dirname(python), 'heisenbridge'),
    args: ['-v', '-c', registrationFile, '-l', '127.0.0.1', '-p', String(port), '-o', owner, synapse.baseUrl],
    folder,
    outputFile: logFile,
    isReady: () => isListening(port),
  });
  return describeServer<Heisenbridge>(server, {
    bot: `@heisenbridge:${synapse.serverName}`,
    setUpCommands: [`ADDNETWORK ${network}`, `ADDSERVER ${network} ${irc.host} ${String(irc.port)}`, `OPEN ${network}`],
    ghost: (nick) => `@irc_${network}_${nick.toLowerCase()}:${synapse.serverName}`,
    logFile,
  });
}

/** As `heisenbridge --generate` writes it. */
function registrationOf(port: number, serverName: string): AppServiceRegistration {
  const escaped = serverName.replaceAll('.', String.raw`\.`);
  return {
    id: 'heisenbridge',
    url: `http://127.0.0.1:${String(port)}`,
    as_token: randomBytes(24).toString('hex'),
    hs_token: randomBytes(24).toString('hex'),
    sender_localpart: 'heisenbridge',
    rate_limited: false,
    namespaces: { users: [{ regex: `@irc_.*:${escaped}`, exclusive: true }], aliases: [], rooms: [] },
  };
}
