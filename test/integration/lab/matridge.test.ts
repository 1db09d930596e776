// needs: prosody synapse peers gateways tools
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshName, sharedLab } from '../../kit/lab.ts';
import { until } from '../../kit/until.ts';
import { matrixPeer, startMatridge, startProsody, startSlixmppPeer } from '../../lab/index.ts';
import type { MatridgeGateway, ProsodyServer } from '../../lab/index.ts';

let server: ProsodyServer;
let gateway: MatridgeGateway;
const synapse = sharedLab().synapse();

beforeAll(async () => {
  server = await startProsody({ components: ['matrix'], privileged: ['matrix'] });
  gateway = await startMatridge(server, await synapse);
});
afterAll(async () => {
  await gateway.stop();
  await server.stop();
});

describe('Matrix behind matridge', () => {
  it('brings an invitation, and messages and reactions both ways', async () => {
    const { baseUrl, register } = await synapse;
    const [own, other] = [freshName('anna'), freshName('ben')];
    const { userId } = await register(own, 'matrix secret');
    await register(other, 'matrix secret');
    const ben = await matrixPeer({ baseUrl, userId: other, password: 'matrix secret' });
    await server.register('anna', 'secret');
    await gateway.register({ user: 'anna', password: 'secret' }, { user: own, password: 'matrix secret' });

    const place = { host: server.host, port: server.c2sPort, caFile: server.caFile };
    const anna = await startSlixmppPeer({ ...place, jid: `anna@${server.domain}`, password: 'secret' });
    try {
      const room = await ben.createRoom({ name: 'Workshop', invite: [userId] });
      const muc = gateway.roomJid(room);
      await anna.waitFor('invite', (event) => event['room'] === muc);
      await anna.rooms.join(muc, 'anna');
      const sent = await ben.send(room, 'hello from Matrix');
      const seen = await anna.waitFor('group-message', ({ body }) => body === 'hello from Matrix');
      expect(seen['stanzaId']).toBe(sent);
      await anna.send(muc, 'hello from XMPP', { type: 'groupchat' });
      await anna.react(muc, sent, ['👍'], 'groupchat');
      const events = (): Promise<string> => ben.messages(room).then((messages) => JSON.stringify(messages));
      await until(async () => (await events()).includes('hello from XMPP'), { label: 'the message in Matrix' });
      await until(async () => (await events()).includes('m.annotation'), { label: 'the reaction in Matrix' });
    } finally {
      await anna.stop();
    }
  });
});
