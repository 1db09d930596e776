import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasInFile } from '../core/has-in-file.ts';
import { createRunFolder } from '../core/run-folder.ts';
import { describeServer, runServer, type RunningServer } from '../core/run-server.ts';
import { startSlixmppPeer } from '../peers/start-slixmpp-peer.ts';
import type { SynapseServer } from '../synapse/start-synapse.ts';
import type { XmppServer } from '../xmpp-server.ts';
import { slidgeArguments } from './start-slidge.ts';
import { slidgePython } from './slidge-environment.ts';

export interface MatridgeGateway extends RunningServer {
  /** `matrix.xmpp.test` */
  jid: string;
  /** What to enter as homeserver: with its scheme, or matridge tries TLS and never answers. */
  homeserver: string;
  dir: string;
  logFile: string;
  /** A Matrix room as a MUC: lower-cased, `:` escaped (XEP-0106). A chat of two is a room too. */
  roomJid(roomId: string): string;
  personJid(userId: string): string;
  /** Signs an XMPP account in to a Matrix account by the gateway's command, as its owner would. */
  register(xmpp: { user: string; password: string }, matrix: { user: string; password: string }): Promise<void>;
}

/**
 * Starts matridge, a slidge gateway to Matrix, between a Prosody and a Synapse of the lab.
 * @param server started with `components: ['matrix'], privileged: ['matrix']`
 */
export async function startMatridge(
  server: XmppServer,
  synapse: Pick<SynapseServer, 'baseUrl'>,
  { component = 'matrix' } = {},
): Promise<MatridgeGateway> {
  const python = await slidgePython();
  const folder = createRunFolder('matridge');
  const jid = `${component}.${server.domain}`;
  const logFile = join(folder, 'matridge.log');
  const script = fileURLToPath(new URL('./start_matridge.py', import.meta.url));
  mkdirSync(join(folder, 'home'));
  const matridge = await runServer({
    name: 'matridge',
    command: python,
    args: ['-B', script, ...slidgeArguments(server, jid, join(folder, 'home'))],
    folder,
    env: { ...process.env, SSL_CERT_FILE: server.caFile, SLIDGE_CONF_DIR: join(folder, 'none') },
    outputFile: logFile,
    isReady: async (startCount) => hasInFile(logFile, 'Slidge has successfully started', startCount),
  });
  const homeserver = synapse.baseUrl;
  return describeServer<MatridgeGateway>(matridge, {
    ...{ jid, homeserver, dir: folder, logFile },
    roomJid: (roomId) => `${escapeLocal(roomId)}@${jid}`,
    personJid: (userId) => `${escapeLocal(userId)}@${jid}`,
    async register(xmpp, matrix) {
      const place = { host: server.host, port: server.c2sPort, caFile: server.caFile };
      const peer = await startSlixmppPeer({ ...place, jid: `${xmpp.user}@${server.domain}/setup`, password: xmpp.password });
      const credentials = { homeserver, username: matrix.user, password: matrix.password, device: 'lab' };
      try {
        const { status, note } = await peer.runCommand(jid, 'jabber:iq:register', [credentials]);
        if (status !== 'completed') throw new Error(`matridge did not sign in: ${status} ${note}`);
        await peer.waitFor('presence', ({ sender, status: text }) => sender === jid && String(text).startsWith('Logged in'));
      } finally {
        await peer.stop();
      }
    },
  });
}

/** XEP-0106, as far as ids of Matrix need it. */
function escapeLocal(id: string): string {
  return id.toLowerCase().replaceAll(/[@:/ "&'<>\\]/g, (sign) => `\\${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
