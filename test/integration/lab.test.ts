import { get } from 'node:https';
import { describe, expect, it } from 'vitest';
import { freshName, sharedLab } from '../kit/lab.ts';
import { availability, matrixPeer, startNioPeer, startProsody, startSlixmppPeer } from '../lab/index.ts';

const lab = sharedLab();

describe('the lab', () => {
  it('can run every server here', async () => {
    const cannot = (await availability()).filter(({ canRun }) => !canRun);
    expect(cannot).toEqual([]);
  });

  it.each(['0.12', '13'] as const)('carries a message with receipt through Prosody %s', async (version) => {
    const prosody = await lab.prosody(version);
    const [anna, ben] = [freshName('anna'), freshName('ben')];
    await prosody.register(anna, 'secret a');
    await prosody.register(ben, 'secret b');
    const place = { host: prosody.host, port: prosody.c2sPort, caFile: prosody.caFile };
    const annasClient = await startSlixmppPeer({ ...place, jid: `${anna}@${prosody.domain}`, password: 'secret a' });
    const bensClient = await startSlixmppPeer({ ...place, jid: `${ben}@${prosody.domain}`, password: 'secret b' });
    try {
      const id = await annasClient.send(`${ben}@${prosody.domain}`, 'tere, ¿qué tal? 👋', { receipt: true });
      expect((await bensClient.waitForMessage())['body']).toBe('tere, ¿qué tal? 👋');
      expect((await annasClient.waitFor('receipt'))['id']).toBe(id);
    } finally {
      await Promise.all([annasClient.stop(), bensClient.stop()]);
    }
    expect(prosody.version.startsWith(version)).toBe(true);
  });

  it('keeps accounts and ports of a Prosody over a kill, and two live side by side', async () => {
    const [first, second] = await Promise.all([startProsody(), startProsody()]);
    try {
      expect(first.c2sPort).not.toBe(second.c2sPort);
      await first.register('anna', 'secret');
      await first.kill();
      await first.restart();
      const place = { host: first.host, port: first.c2sPort, caFile: first.caFile };
      const client = await startSlixmppPeer({ ...place, jid: 'anna@xmpp.test', password: 'secret' });
      await client.stop();
    } finally {
      await Promise.all([first.stop(), second.stop()]);
    }
  });

  it('carries messages both ways through Synapse', async () => {
    const synapse = await lab.synapse();
    const anna = await synapse.register(freshName('anna'), 'secret a');
    const ben = await synapse.register(freshName('ben'), 'secret b');
    const mine = await matrixPeer({ baseUrl: synapse.baseUrl, userId: anna.userId, password: 'secret a' });
    const theirs = await startNioPeer({ baseUrl: synapse.baseUrl, userId: ben.userId, password: 'secret b' });
    try {
      const room = await mine.createRoom({ name: 'Lab', invite: [ben.userId] });
      await theirs.waitFor('invite', (event) => event['room'] === room);
      await theirs.join(room);
      await mine.send(room, 'hello from fetch');
      expect((await theirs.waitForMessage())['body']).toBe('hello from fetch');
      const answer = await theirs.send(room, 'hello from nio');
      expect((await mine.messages(room))[0]).toMatchObject({ event_id: answer, content: { body: 'hello from nio' } });
    } finally {
      await theirs.stop();
    }
  });

  it('lets the homeserver be found over TLS of its own authority', async () => {
    const synapse = await lab.synapse();
    const url = `https://localhost:${synapse.wellKnownPort}/.well-known/matrix/client`;
    const found = JSON.parse(await getText(url, synapse.caPem)) as unknown;
    expect(found).toEqual({ 'm.homeserver': { base_url: `${synapse.tlsBaseUrl}/` } });
    await expect(getText(url)).rejects.toThrow(/certificate/);
  });

  it('creates a party and a lead in Tryton', async () => {
    const tryton = await lab.tryton();
    const context = await tryton.rpc('model.res.user.get_preferences', true, {});
    const name = freshName('Customer');
    const mechanisms = [['create', [{ type: 'mobile', value: '+34 600 111 222' }]]];
    const ids = await tryton.rpc('model.party.party.create', [{ name, contact_mechanisms: mechanisms }], context);
    const [party] = ids as number[];
    const lead = await tryton.rpc('model.sale.opportunity.create', [{ party, description: 'asks for a price' }], context);
    expect(lead).toHaveLength(1);
    const byPhone = [['party', '=', party], ['value_compact', '=', '+34600111222']];
    expect(await tryton.rpc('model.party.contact_mechanism.search', byPhone, 0, 10, null, context)).toHaveLength(1);
  });

  it('opens a ticket in Request Tracker silently, and catches the mail where one is sent', async () => {
    const tracker = await lab.requestTracker();
    const mailsBefore = await tracker.outgoingMailCount();
    const key = freshName('key');
    const ticket = { Queue: 'General', Subject: 'from a test', Content: 'hello', ContentType: 'text/plain' };
    await tracker.call('POST', '/ticket', { ...ticket, CustomFields: { 'Push ref': key } });
    const query = encodeURIComponent(`'CF.{Push ref}' = '${key}'`);
    expect(await tracker.call('GET', `/tickets?query=${query}`)).toMatchObject({ total: 1 });
    expect(await tracker.outgoingMailCount()).toBe(mailsBefore);
    const customer = `${key}@example.invalid`;
    await tracker.call('POST', '/ticket', { ...ticket, Requestor: customer });
    expect((await tracker.outgoingMails()).filter((mail) => mail.includes(customer))).toHaveLength(1);
  });
});

function getText(url: string, ca?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, ca === undefined ? {} : { ca }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve(text));
    }).on('error', reject);
  });
}
