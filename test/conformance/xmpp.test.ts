// needs: prosody peers tools
import { readFileSync } from 'node:fs';
import { createXmppBridge } from '../../bridges/xmpp/index.ts';
import { freshName, sharedLab } from '../kit/lab.ts';
import { startSlixmppPeer } from '../lab/index.ts';
import { describeBridge } from './bridge.ts';

const password = 'conformance-secret-1';

/** Against a real Prosody; the peer is slixmpp, so that not only our own code understands us. */
describeBridge('xmpp on Prosody', async () => {
  const prosody = await sharedLab().prosody();
  const [own, other] = [freshName('own'), freshName('peer')];
  await prosody.register(own, password);
  await prosody.register(other, password);
  const peerJid = `${other}@${prosody.domain}`;
  const ownJid = `${own}@${prosody.domain}`;
  const peer = await startSlixmppPeer({
    jid: peerJid,
    password,
    host: prosody.host,
    port: prosody.c2sPort,
    caFile: prosody.caFile,
  });
  const values = { address: ownJid, password, host: prosody.host, port: String(prosody.c2sPort) };
  return {
    definition: createXmppBridge({ ca: readFileSync(prosody.caFile, 'utf8') }),
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
});
