// needs: prosody ejabberd peers tools
// servers: any
import { readFileSync } from 'node:fs';
import { createXmppBridge } from '../../bridges/xmpp/index.ts';
import { freshName, sharedLab } from '../kit/lab.ts';
import { chosenXmppServer, startSlixmppPeer } from '../lab/index.ts';
import { describeBridge, type BridgeSubject } from './bridge.ts';

const password = 'conformance-secret-1';

const lab = sharedLab();
const servers = { prosody: () => lab.prosody(), prosody13: () => lab.prosody('13'), ejabberd: () => lab.ejabberd() };
/** A run about one server is about that one only (`npm run test:matrix`). */
const names = process.env['PALOMAR_XMPP_SERVER'] === undefined ? (['prosody', 'ejabberd'] as const) : [chosenXmppServer()];

/** Against real servers; the peer is slixmpp, so that not only our own code understands us. */
for (const name of names) describeBridge(`xmpp on ${name}`, () => subjectOn(name));

async function subjectOn(name: keyof typeof servers): Promise<BridgeSubject> {
  const server = await servers[name]();
  const [own, other] = [freshName('own'), freshName('peer')];
  await server.register(own, password);
  await server.register(other, password);
  const peerJid = `${other}@${server.domain}`;
  const ownJid = `${own}@${server.domain}`;
  const peer = await startSlixmppPeer({
    jid: peerJid,
    password,
    host: server.host,
    port: server.c2sPort,
    caFile: server.caFile,
  });
  const values = { address: ownJid, password, host: server.host, port: String(server.c2sPort) };
  return {
    definition: createXmppBridge({ ca: readFileSync(server.caFile, 'utf8') }),
    flowId: 'password',
    values,
    wrongValues: { ...values, password: 'not-the-password' },
    peer: {
      sendText: async (text) => void (await peer.send(ownJid, text)),
      receivedTexts: async () =>
        peer.events.filter((event) => event.event === 'message' && event['body']).map((event) => String(event['body'])),
    },
    async conversation(session) {
      if (!session.directory) throw new Error('no directory');
      return session.directory.startConversation(peerJid);
    },
    stop: () => peer.stop(),
  };
}
