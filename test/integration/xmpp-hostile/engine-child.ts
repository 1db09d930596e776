/**
 * The engine in a process of its own, on the XMPP bridge, trusting one authority: `node engine-child.ts <ca file>`; names are
 * asked of one server only with `<address:port>` behind it.
 */
import { Resolver } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { createXmppBridge } from '../../../bridges/xmpp/index.ts';
import { srvResolver, type SrvResolver } from '../../../bridges/xmpp/stream/dns/resolver.ts';
import { createParentPortLink, findParentPort } from '../../../electron/engine/host/parent-port-link.ts';
import { runEngine } from '../../../electron/engine/host/run-engine.ts';
import { createStdioLink } from '../../../electron/engine/host/stdio-link.ts';
import { createEngine } from '../../../electron/engine/index.ts';

const ca = readFileSync(process.argv[2] ?? '', 'utf8');
const parentPort = findParentPort();
const nameServer = process.argv[3];

function resolverAt(place: string): SrvResolver {
  const names = new Resolver({ timeout: 300, tries: 1 });
  names.setServers([place]);
  const lookUp = async (host: string): Promise<readonly string[]> => {
    const [six, four] = await Promise.allSettled([names.resolve6(host), names.resolve4(host)]);
    if (six.status === 'rejected' && four.status === 'rejected') throw four.reason;
    return [six, four].flatMap((found) => (found.status === 'fulfilled' ? found.value : []));
  };
  return { ...srvResolver((name) => names.resolveSrv(name)), lookUp };
}

const bridge = createXmppBridge({
  ca,
  resolver: nameServer === undefined ? undefined : resolverAt(nameServer),
  stepDeadlineMs: 3_000,
  timings: { backoffLeastMs: 100, backoffMostMs: 300, silenceMs: 1_500, answerMs: 1_000 },
});

runEngine({
  link: parentPort === null ? createStdioLink() : createParentPortLink(parentPort),
  start: ({ profileDir, appVersion, host }) => createEngine({ profileDir, appVersion, host, vaultKey: Buffer.alloc(32, 7), bridges: [bridge] }),
  exit: (code) => process.exit(code),
  onError: (error) => process.stderr.write(`unhandled: ${String(error)}\n`),
});
