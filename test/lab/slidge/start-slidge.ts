import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../../kit/until.ts';
import { pickFreePorts } from '../core/free-ports.ts';
import { hasInFile } from '../core/has-in-file.ts';
import { isListening } from '../core/is-listening.ts';
import { createRunFolder } from '../core/run-folder.ts';
import { describeServer, runServer, type RunningServer } from '../core/run-server.ts';
import type { PeerEvent } from '../peers/python-peer.ts';
import type { XmppServer } from '../xmpp-server.ts';
import { fakeNetwork } from './fake-network.ts';
import type { FakeNetwork } from './fake-network.ts';
import { slidgePython } from './slidge-environment.ts';

export interface SlidgeOptions {
  /** First word of the component's address (`gw`). */
  component?: string | undefined;
  /** How people sign in: by a code for the phone's camera, or by phone number and a code (246810). */
  login?: 'qr' | 'code' | undefined;
  /** What disco says it leads to: `gateway/<this>` (`fakenet`). A test may call it `whatsapp`. */
  networkType?: string | undefined;
  networkName?: string | undefined;
}

export interface SlidgeGateway extends RunningServer {
  /** `gw.xmpp.test` */
  jid: string;
  /** Where the network takes orders: `POST <this>/scan {"user": "anna@xmpp.test"}`. */
  controlUrl: string;
  /** What happens in the network behind it. */
  network: FakeNetwork;
  contactJid(contact: string): string;
  groupJid(group: string): string;
  dir: string;
  logFile: string;
  /** Everything that came from XMPP: qr, login, ready, message, reaction, retraction, read, typing, subject, unregistered. */
  events(): Promise<PeerEvent[]>;
  waitFor(event: string, isWanted?: (event: PeerEvent) => boolean): Promise<PeerEvent>;
}

const folderOfModule = dirname(fileURLToPath(import.meta.url));

/**
 * Starts slidge with a network of its own as a component of a Prosody of the lab. Whether it may act in people's names
 * (XEP-0356) says the server: `startProsody({ components: ['gw'], privileged: ['gw'] })`.
 */
export async function startSlidge(server: XmppServer, options: SlidgeOptions = {}): Promise<SlidgeGateway> {
  const { component = 'gw', login = 'qr', networkType = 'fakenet', networkName = 'FakeNet' } = options;
  const python = await slidgePython();
  const [port = 0] = await pickFreePorts(1);
  const folder = createRunFolder('slidge');
  const jid = `${component}.${server.domain}`;
  const logFile = join(folder, 'slidge.log');
  mkdirSync(join(folder, 'home'));
  const slidge = await runServer({
    name: 'slidge',
    command: python,
    args: ['-B', '-m', 'slidge', '--legacy-module', 'fakenet', ...slidgeArguments(server, jid, join(folder, 'home'))],
    folder,
    env: {
      ...process.env,
      ...{ PYTHONPATH: folderOfModule, SSL_CERT_FILE: server.caFile, SLIDGE_CONF_DIR: join(folder, 'none') },
      ...{ FAKENET_PORT: String(port), FAKENET_LOGIN: login, FAKENET_TYPE: networkType, FAKENET_NAME: networkName },
    },
    outputFile: logFile,
    isReady: async (startCount) => hasInFile(logFile, 'Slidge has successfully started', startCount) && (await isListening(port)),
  });
  const url = `http://127.0.0.1:${port}`;
  const events = async (): Promise<PeerEvent[]> => (await (await fetch(`${url}/events`)).json()) as PeerEvent[];
  return describeServer<SlidgeGateway>(slidge, {
    ...{ jid, dir: folder, logFile, events, controlUrl: url },
    network: fakeNetwork(url),
    contactJid: (contact) => `${contact}@${jid}`,
    groupJid: (group) => `${group}@${jid}`,
    async waitFor(event, isWanted = () => true) {
      const find = async (): Promise<PeerEvent | undefined> =>
        (await events()).find((seen) => seen.event === event && isWanted(seen));
      return until(find, { timeoutMs: 15_000, intervalMs: 50, label: `the network to see "${event}"` });
    },
  });
}

/** What every program made with slidge wants to know of its server. */
export function slidgeArguments(server: XmppServer, jid: string, home: string): string[] {
  const place = ['--server', server.host, '--port', String(server.componentPort), '--secret', server.componentSecret];
  const uploads = ['--upload-service', `upload.${server.domain}`];
  return [...place, '--jid', jid, '--home-dir', home, ...uploads, '--user-jid-validator', `.*@${server.domain}`];
}
