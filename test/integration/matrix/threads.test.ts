// needs: synapse tools peers
/** Threads in encrypted rooms, what a thread holds beyond what we heard, polls of before, and pins, with matrix-nio at the other end. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { remoteConversationId, remoteMessageId } from '#model';
import { until } from '../../kit/until.ts';
import { startSynapse, type SynapseServer } from '../../lab/index.ts';
import { startNioPeer, type NioPeer } from '../../lab/peers/start-nio-peer.ts';
import { openAccount, outgoing, type OwnAccount } from './account.ts';

let synapse: SynapseServer;
let bob: NioPeer;
let own: OwnAccount;

beforeAll(async () => {
  synapse = await startSynapse();
  await synapse.register('alice', 'alice-secret');
  await synapse.register('bob', 'bob-secret');
  const keyFolder = mkdtempSync(join(tmpdir(), 'palomar-nio-'));
  bob = await startNioPeer({ baseUrl: synapse.baseUrl, userId: '@bob:localhost', password: 'bob-secret', keyFolder });
  own = await openAccount(synapse.baseUrl, '@alice:localhost', 'alice-secret');
});
afterAll(async () => {
  await own?.stop();
  await bob?.stop();
  await synapse?.stop();
});

const online = () => own.host.waitFor('state', (event) => event.connection === 'online');
const heard = async (eventId: string) => (await own.host.waitFor('message.upserted', (event) => event.message.remoteId === eventId)).message;
const inThread = (root: string) => ({ rel_type: 'm.thread', event_id: root, is_falling_back: true, 'm.in_reply_to': { event_id: root } });

it('of before we came are asked for: their answers, the message that began them, the numbers of polls, what is pinned', async () => {
  const roomId = await bob.createRoom({ name: 'Past', invite: ['@alice:localhost'] });
  // It knows its own room with the next sync only.
  const root = await until(() => bob.send(roomId, 'the root').catch(() => null), { label: 'the root' });
  const answers: string[] = [];
  for (const body of ['one', 'two', 'three']) answers.push(await bob.sendContent(roomId, { msgtype: 'm.text', body, 'm.relates_to': inThread(root) }));
  const poll = await bob.sendContent(
    roomId,
    { 'org.matrix.msc3381.poll.start': { question: { body: 'Cake?' }, kind: 'org.matrix.msc3381.poll.disclosed', answers: [{ id: 'y', body: 'Yes' }, { id: 'n', body: 'No' }] } },
    'org.matrix.msc3381.poll.start',
  );
  const about = { 'm.relates_to': { rel_type: 'm.reference', event_id: poll } };
  await bob.sendContent(roomId, { ...about, 'org.matrix.msc3381.poll.response': { answers: ['y'] } }, 'org.matrix.msc3381.poll.response');
  await bob.sendContent(roomId, about, 'org.matrix.msc3381.poll.end');
  for (let index = 0; index < 60; index += 1) await bob.send(roomId, `later ${index}`);

  await own.session.start();
  await online();
  const conversationId = remoteConversationId(roomId);
  await own.session.membership?.accept(conversationId);
  await own.host.waitFor('conversation.patched', (event) => event.conversationId === roomId && event.patch.membership === 'joined');
  expect(own.host.of('message.upserted').some(({ message }) => message.remoteId === root)).toBe(false);

  const page = await own.session.threads?.loadOlder(conversationId, remoteMessageId(root), null, 2);
  expect(page).toMatchObject({ messageCount: 2, hasMore: true });
  const rest = await own.session.threads?.loadOlder(conversationId, remoteMessageId(root), page?.cursor ?? null, 2);
  expect(rest).toMatchObject({ messageCount: 1 });
  for (const id of answers) expect(await heard(id)).toMatchObject({ threadRootId: root });
  await own.session.history?.loadMessage?.(conversationId, remoteMessageId(root));
  expect(await heard(root)).toMatchObject({ text: 'the root' });
  await expect(own.session.history?.loadMessage?.(conversationId, remoteMessageId('$nothing'))).rejects.toMatchObject({ fault: { code: 'not-found' } });

  await own.session.history?.loadOlder(conversationId, null, null, 100);
  const counted = await own.host.waitFor('message.patched', (event) => event.target === poll && event.patch.poll?.isEnded === true);
  expect(counted.patch).toMatchObject({ text: '📊 Cake? 🏁\n▫️ Yes — 1\n▫️ No — 0', poll: { answers: [{ voteCount: 1 }, { voteCount: 0 }], voterCount: 1 } });
});

it('in an encrypted room are told, loaded and answered encrypted; pins and votes too', async () => {
  const conversationId = await own.session.rooms?.create({ name: 'Closed', isPublic: false, isMembersOnly: true, invite: ['@bob:localhost'] });
  if (conversationId === undefined) throw new Error('no room');
  await bob.waitFor('invite', (event) => event.room === conversationId);
  await bob.join(conversationId);
  await own.host.waitFor('participant.upserted', (event) => event.conversationId === conversationId && event.personId === '@bob:localhost');
  const { remoteId: root } = await own.session.send(outgoing(conversationId, 'secret root', 'txn-root'));
  await bob.waitForMessage((event) => event.body === 'secret root');
  const answer = await bob.sendContent(conversationId, { msgtype: 'm.text', body: 'secret answer', 'm.relates_to': inThread(root) });
  expect(await heard(answer)).toMatchObject({ text: 'secret answer', threadRootId: root });
  const { remoteId: ours } = await own.session.send(outgoing(conversationId, 'ours inside', 'txn-inside', { threadRootId: root }));
  const seen = await bob.waitForMessage((event) => event.body === 'ours inside');
  expect(JSON.stringify(seen.content)).toContain(root);
  const page = await own.session.threads?.loadOlder(conversationId, root, null, 10);
  expect(page).toMatchObject({ messageCount: 2 });
  expect((await heard(ours)).threadRootId).toBe(root);

  await own.session.pins?.pin({ conversationId, remoteId: root });
  await own.host.waitFor('pins.replaced', (event) => event.conversationId === conversationId && event.messageIds.length === 1 && event.messageIds[0] === root);
  await own.session.pins?.unpin({ conversationId, remoteId: root });
  await own.host.waitFor('pins.replaced', (event) => event.conversationId === conversationId && event.messageIds.length === 0);

  await own.session.polls?.create(conversationId, { question: 'Hidden?', answers: ['Yes', 'No'], mostChoices: 1, isDisclosed: true }, 'secret-poll');
  const made = await own.host.waitFor('message.upserted', (event) => event.message.poll?.question === 'Hidden?');
  await own.session.polls?.vote({ conversationId, remoteId: made.message.remoteId }, ['2'], 'secret-vote');
  const voted = await own.host.waitFor('message.patched', (event) => event.target === made.message.remoteId && event.patch.poll?.ownChoices[0] === '2');
  expect(voted.patch.poll).toMatchObject({ voterCount: 1 });
});
