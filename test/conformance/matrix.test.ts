// needs: synapse peers tools
import { remoteConversationId } from '#model';
import { matrixBridge } from '../../bridges/matrix/index.ts';
import { freshName, sharedLab } from '../kit/lab.ts';
import { startNioPeer } from '../lab/index.ts';
import { matrixPeer } from '../lab/peers/matrix-peer.ts';
import { describeBridge } from './bridge.ts';

const password = 'conformance-secret-1';

/** Against a real Synapse; the peer is matrix-nio, so that not only our own library understands us. */
describeBridge('matrix on Synapse', async () => {
  const synapse = await sharedLab().synapse();
  const own = await synapse.register(freshName('own'), password);
  const other = await synapse.register(freshName('peer'), password);
  const peer = await startNioPeer({ baseUrl: synapse.baseUrl, userId: other.userId, password });
  const roomId = await peer.createRoom({ invite: [own.userId], isDirect: true });
  // Joined beforehand with another client of ours, as a person who comes from another app would have.
  await (await matrixPeer({ baseUrl: synapse.baseUrl, userId: own.userId, password })).join(roomId);
  const values = { address: own.userId, password, server: synapse.baseUrl };
  return {
    definition: matrixBridge,
    flowId: 'password',
    values,
    wrongValues: { ...values, password: 'not-the-password' },
    peer: {
      sendText: async (text) => void (await peer.send(roomId, text)),
      receivedTexts: async () =>
        peer.events
          .filter((event) => event.event === 'message' && event['sender'] === own.userId)
          .map((event) => String(event['body'])),
    },
    async conversation(_session, host) {
      if (host.savedState === null) {
        await host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === roomId);
      }
      return remoteConversationId(roomId);
    },
    stop: () => peer.stop(),
  };
});
