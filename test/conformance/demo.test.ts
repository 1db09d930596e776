import { remoteConversationId } from '#model';
import { createDemoBridge } from '../../bridges/demo/index.ts';
import { createDemoNetwork } from '../../bridges/demo/network.ts';
import { people } from '../../bridges/demo/people.ts';
import { describeBridge } from './bridge.ts';

/** The one with an archive. */
const withJordi = remoteConversationId('direct:jordi@demo');

describeBridge('demo', async () => {
  const network = createDemoNetwork(Date.now);
  return {
    definition: createDemoBridge({ answerDelayMs: 30, network }),
    flowId: 'demo',
    values: {},
    peer: {
      sendText: async (text) => network.write(withJordi, people.jordi, text),
      receivedTexts: async () => network.taken.map((message) => message.text),
    },
    conversation: async () => withJordi,
    stop: async () => {},
  };
});
