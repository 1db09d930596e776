import type { LabSection } from './lab-table.ts';
import { startBiboumi } from './irc/start-biboumi.ts';
import { startNgircd } from './irc/start-ngircd.ts';
import { startProsody } from './prosody/start-prosody.ts';
import { startMatridge } from './slidge/start-matridge.ts';
import { startSlidge } from './slidge/start-slidge.ts';
import { startSynapse } from './synapse/start-synapse.ts';

interface Account {
  user: string;
  password: string;
}

/** A Prosody with three gateways behind it: to IRC, to Matrix, and to the made-up network. */
export async function startGateways(people: readonly Account[]): Promise<{ section: LabSection; stop(): Promise<void> }> {
  const [server, irc, synapse] = await Promise.all([
    startProsody({ components: ['irc', 'gw', 'matrix'], privileged: ['gw', 'matrix'] }),
    startNgircd(),
    startSynapse({ presence: true }),
  ]);
  const [biboumi, slidge, matridge] = await Promise.all([
    startBiboumi(server),
    startSlidge(server),
    startMatridge(server, synapse),
  ]);
  for (const { user, password } of people) {
    await server.register(user, password);
    await synapse.register(user, password);
    await biboumi.allow(irc, user, password);
  }
  const [{ user, password } = { user: '', password: '' }] = people;
  const scan = `curl -d '{"user": "${user}@${server.domain}"}' ${slidge.controlUrl}/scan`;
  return {
    async stop() {
      await Promise.all([biboumi.stop(), slidge.stop(), matridge.stop()]);
      await Promise.all([server.stop(), irc.stop(), synapse.stop()]);
    },
    section: {
      title: `Gateways behind Prosody ${server.version}: IRC, Matrix, a made-up network`,
      rows: [
        ['accounts', people.map((person) => `${person.user}@${server.domain}`).join('  ')],
        ['password', password],
        ['server', `${server.host}, port ${server.c2sPort} (STARTTLS) or ${server.directTlsPort} (TLS)`],
        ['IRC channel', biboumi.channelJid(irc, '#lab')],
        ['IRC server', `${irc.host}, port ${irc.port}`],
        ['Matrix', `${matridge.jid}; homeserver ${matridge.homeserver}, same names and password`],
        ['made-up', `${slidge.jid}; the phone scans by: ${scan}`],
        ['logs', [biboumi, slidge, matridge].map(({ logFile }) => logFile).join('\n')],
      ],
    },
  };
}
