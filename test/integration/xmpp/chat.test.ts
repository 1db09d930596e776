import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProsody, type ProsodyServer } from '../../lab/index.ts';
import { close, goOnline, outgoing, passwordOf, storedMessages } from './account.ts';

let server: ProsodyServer;

beforeAll(async () => {
  server = await startProsody();
  for (const user of ['alice', 'bob']) await server.register(user, passwordOf(user));
});
afterAll(() => server.stop());

describe('two accounts of ours', () => {
  it('exchange a message', async () => {
    const alice = await goOnline(server, 'alice');
    const bob = await goOnline(server, 'bob', { port: server.directTlsPort });
    const receipt = await alice.session.send(outgoing(bob.jid, 'tx-1', 'Tere! 👋'));
    expect(receipt.alternateId).toBe('tx-1');
    const { message } = await bob.host.waitFor('message.upserted');
    expect(message).toMatchObject({ conversationId: alice.jid, senderId: alice.jid, text: 'Tere! 👋', isOwn: false });
    expect(storedMessages(bob.host.events)).toHaveLength(1);
    await close(alice);
    await close(bob);
  });
});
