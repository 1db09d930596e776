import { remoteConversationId } from '#model';
import { createDemoBridge } from '../../bridges/demo/index.ts';
import { createDemoNetwork } from '../../bridges/demo/network.ts';
import { people } from '../../bridges/demo/people.ts';
import { describeBridge } from './bridge.ts';

const withMarta = remoteConversationId('direct:marta@demo');

describeBridge('demo', async () => {
  const network = createDemoNetwork(Date.now);
  return {
    definition: createDemoBridge({ answerDelayMs: 30, network }),
    flowId: 'demo',
    values: {},
    peer: {
      sendText: async (text) => network.write(withMarta, people.marta, text),
      receivedTexts: async () => network.taken.map((message) => message.text),
    },
    conversation: async () => withMarta,
    stop: async () => {},
  };
});
