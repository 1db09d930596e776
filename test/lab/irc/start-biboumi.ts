import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireProgram } from '../core/find-program.ts';
import { createRunFolder } from '../core/run-folder.ts';
import { describeServer, runServer, type RunningServer } from '../core/run-server.ts';
import { startSlixmppPeer } from '../peers/start-slixmpp-peer.ts';
import type { XmppServer } from '../xmpp-server.ts';
import { hasInFile } from '../core/has-in-file.ts';
import type { NgircdServer } from './start-ngircd.ts';

export interface BiboumiGateway extends RunningServer {
  /** `irc.xmpp.test`: the gateway itself. */
  jid: string;
  dir: string;
  logFile: string;
  /** `127.0.0.1@irc.xmpp.test`: where one IRC server is configured. */
  serverJid(irc: Pick<NgircdServer, 'host'>): string;
  /** `#test%127.0.0.1@irc.xmpp.test`: a channel as a room. */
  channelJid(irc: Pick<NgircdServer, 'host'>, channel: string): string;
  /** `ben%127.0.0.1@irc.xmpp.test`: a person of the IRC side. */
  personJid(irc: Pick<NgircdServer, 'host'>, nick: string): string;
  /**
   * Tells biboumi the port of an IRC server for one account, by the command `configure`, as its owner would.
   * @param user local part of the account's address
   */
  allow(irc: Pick<NgircdServer, 'host' | 'port'>, user: string, password: string): Promise<void>;
}

/**
 * Starts biboumi, the gateway to IRC, as a component of an XMPP server of the lab.
 * @param server must have been started with `components: ['irc']` (or the given name)
 */
export async function startBiboumi(server: XmppServer, { component = 'irc' } = {}): Promise<BiboumiGateway> {
  const program = requireProgram('biboumi');
  const folder = createRunFolder('biboumi');
  const jid = `${component}.${server.domain}`;
  const configFile = join(folder, 'biboumi.cfg');
  const logFile = join(folder, 'biboumi.log');
  writeFileSync(configFile, biboumiConfig(server, jid, folder), { mode: 0o600 });
  const process = await runServer({
    name: 'biboumi',
    command: program,
    args: [configFile],
    folder,
    outputFile: join(folder, 'output.log'),
    logFiles: [logFile],
    // It appends: a second start has a second line.
    isReady: async (startCount) => hasInFile(logFile, 'Authenticated with the XMPP server', startCount),
  });
  const serverJid: BiboumiGateway['serverJid'] = ({ host }) => `${host}@${jid}`;
  return describeServer<BiboumiGateway>(process, {
    ...{ jid, dir: folder, logFile, serverJid },
    channelJid: ({ host }, channel) => `${channel}%${host}@${jid}`,
    personJid: ({ host }, nick) => `${nick}%${host}@${jid}`,
    async allow(irc, user, password) {
      const place = { host: server.host, port: server.c2sPort, caFile: server.caFile };
      const peer = await startSlixmppPeer({ ...place, jid: `${user}@${server.domain}/setup`, password });
      const values = { ports: [String(irc.port)], tls_ports: [] };
      try {
        const { status, note } = await peer.runCommand(serverJid(irc), 'configure', [values]);
        if (status !== 'completed') throw new Error(`biboumi did not take the port: ${status} ${note}`);
      } finally {
        await peer.stop();
      }
    },
  });
}

function biboumiConfig(server: XmppServer, jid: string, folder: string): string {
  const options = {
    hostname: jid,
    password: server.componentSecret,
    xmpp_server_ip: server.host,
    port: server.componentPort,
    db_name: `${folder}/biboumi.sqlite`,
    log_file: `${folder}/biboumi.log`,
    log_level: 1,
    // Port 113 is none of ours.
    identd_port: 0,
    policy_directory: '/etc/biboumi',
  };
  return Object.entries(options)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
