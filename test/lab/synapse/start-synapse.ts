import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverCertificate } from '../core/certificates.ts';
import { pickFreePorts } from '../core/free-ports.ts';
import { createRunFolder } from '../core/run-folder.ts';
import { describeServer, runServer, type RunningServer } from '../core/run-server.ts';
import { startTlsFront } from '../core/tls-front.ts';
import { registerUser } from './register-user.ts';
import { synapseConfig, synapseLogConfig, type SynapseSettings } from './synapse-config.ts';
import { synapsePython } from './synapse-environment.ts';

export interface SynapseOptions {
  /** Whether sync offers `state_after` (MSC4222), as most homeservers do since 2025. {@link isNewerSynapse} unless told. */
  msc4222?: boolean | undefined;
  /** Whether people see who is there. Off unless told. */
  presence?: boolean | undefined;
  /** A CAS server on whose page people sign in. */
  casUrl?: string | undefined;
  /** An authorization server that has taken over all signing in. */
  auth?: SynapseSettings['auth'];
  /** How long sessions and tokens last. */
  lifetimes?: SynapseSettings['lifetimes'];
}

export interface SynapseServer extends RunningServer {
  /** Plain http on 127.0.0.1. */
  baseUrl: string;
  /** The same server behind TLS with the lab's certificate (for `localhost`). */
  tlsBaseUrl: string;
  /** `https://localhost:<this>/.well-known/matrix/client` points at {@link tlsBaseUrl}. */
  wellKnownPort: number;
  serverName: string;
  /** With this secret anybody may make accounts; see {@link registerUser}. */
  registrationSecret: string;
  caFile: string;
  caPem: string;
  dir: string;
  logFile: string;
  register(user: string, password: string, admin?: boolean): Promise<{ userId: string }>;
  /** Lets a bridge in: writes down its registration and restarts with it. Its server should listen by then. */
  addAppService(registration: AppServiceRegistration): Promise<void>;
}

/** What a bridge and its homeserver agree upon. @see https://spec.matrix.org/v1.16/application-service-api/#registration */
export interface AppServiceRegistration {
  id: string;
  /** Where the server brings events. */
  url: string;
  as_token: string;
  hs_token: string;
  sender_localpart: string;
  rate_limited: boolean;
  namespaces: Record<string, readonly { exclusive: boolean; regex: string }[]>;
}

const serverName = 'localhost';

/** Which kind this run is about: `PALOMAR_MSC4222=off` is one that tells state before the timeline alone, as older ones do. */
export const isNewerSynapse = (): boolean => process.env['PALOMAR_MSC4222'] !== 'off';

/** Starts a Synapse of its own on free ports of 127.0.0.1 with an empty SQLite store. */
export async function startSynapse({ msc4222 = isNewerSynapse(), presence = false, ...more }: SynapseOptions = {}): Promise<SynapseServer> {
  const python = await synapsePython();
  const certificate = await serverCertificate(['localhost']);
  const [port = 0] = await pickFreePorts(1);
  const baseUrl = `http://127.0.0.1:${port}`;
  const registrationSecret = randomBytes(16).toString('hex');
  const folder = createRunFolder('synapse');
  const front = await startTlsFront({ certificate, upstreamPort: port });
  const tlsBaseUrl = `https://localhost:${front.port}`;
  const settings = { folder, port, serverName, registrationSecret, isMsc4222Enabled: msc4222, isPresenceEnabled: presence, ...more };
  const config = synapseConfig({ ...settings, publicBaseUrl: `${more.casUrl === undefined ? tlsBaseUrl : baseUrl}/` });
  writeFileSync(join(folder, 'homeserver.yaml'), JSON.stringify(config, undefined, 1));
  writeFileSync(join(folder, 'log.yaml'), JSON.stringify(synapseLogConfig(folder)));
  writeFileSync(join(folder, 'signing.key'), newSigningKey());
  const server = await runServer({
    name: 'Synapse',
    command: python,
    args: ['-m', 'synapse.app.homeserver', '--config-path', join(folder, 'homeserver.yaml')],
    folder,
    outputFile: join(folder, 'output.log'),
    logFiles: [join(folder, 'synapse.log')],
    isReady: async () => (await fetch(`${baseUrl}/health`)).ok,
    release: () => front.stop(),
  });
  const appServiceFiles: string[] = [];
  const addAppService = async (registration: AppServiceRegistration): Promise<void> => {
    const file = join(folder, `appservice-${registration.id}.yaml`);
    writeFileSync(file, JSON.stringify(registration));
    appServiceFiles.push(file);
    writeFileSync(join(folder, 'homeserver.yaml'), JSON.stringify({ ...config, app_service_config_files: appServiceFiles }, undefined, 1));
    await server.restart();
  };
  return describeServer<SynapseServer>(server, {
    ...{ baseUrl, tlsBaseUrl, serverName, registrationSecret, addAppService },
    wellKnownPort: front.port,
    caFile: certificate.caFile,
    caPem: certificate.caPem,
    dir: folder,
    logFile: join(folder, 'synapse.log'),
    register: (name, password, isAdmin = false) => registerUser(baseUrl, registrationSecret, { name, password, isAdmin }),
  });
}

/** Synapse's own format: algorithm, key id, seed in unpadded base64. */
function newSigningKey(): string {
  return `ed25519 a_lab ${randomBytes(32).toString('base64').replaceAll('=', '')}\n`;
}
