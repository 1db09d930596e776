// needs: synapse tools
/** Typing and read receipts, both ways. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { remoteConversationId, remoteMessageId } from '#model';
import { until } from '../../kit/until.ts';
import { outgoing } from './account.ts';
import { setSharedStage, type SharedStage } from './stage.ts';

let stage: SharedStage;
let roomId: string;

beforeAll(async () => {
  stage = await setSharedStage();
  roomId = await stage.room();
  await stage.own.session.start();
  await stage.own.host.waitFor('state', (event) => event.connection === 'online');
});

afterAll(() => stage?.stop());

const ephemeral = async (type: string): Promise<string> => {
  const { rooms } = await stage.bob.sync();
  const events = rooms?.join?.[roomId]?.ephemeral?.events ?? [];
  return JSON.stringify(events.filter((event) => event.type === type));
};

it('shows who types and who stopped', async () => {
  await stage.bob.setTyping(roomId, true);
  await stage.own.host.waitFor('typing', (event) => event.isTyping && event.personId === stage.bob.userId);
  await stage.bob.setTyping(roomId, false);
  await stage.own.host.waitFor('typing', (event) => !event.isTyping && event.personId === stage.bob.userId);
});

it('tells others that we type, and not ourselves', async () => {
  await stage.own.session.typing?.setTyping(remoteConversationId(roomId), true);
  await until(async () => (await ephemeral('m.typing')).includes(stage.own.account.address));
  await stage.own.session.typing?.setTyping(remoteConversationId(roomId), false);
  expect(stage.own.host.of('typing').filter((event) => event.personId === stage.own.account.address)).toEqual([]);
});

it('shows how far somebody else has read', async () => {
  const { remoteId } = await stage.own.session.send(outgoing(roomId, 'read this', 'txn-read'));
  await stage.bob.markRead(roomId, remoteId);
  const receipt = await stage.own.host.waitFor('receipt.upserted', (event) => event.target === remoteId);
  expect(receipt).toMatchObject({ personId: stage.bob.userId, kind: 'read', scope: 'upTo' });
});

it('a receipt for a reaction counts for the message before it', async () => {
  const { remoteId } = await stage.own.session.send(outgoing(roomId, 'and this', 'txn-read-2'));
  const reaction = await stage.bob.react(roomId, remoteId, '👌');
  await stage.own.host.waitFor('reaction.upserted', (event) => event.reactionId === reaction);
  await stage.bob.markRead(roomId, reaction);
  await stage.own.host.waitFor('receipt.upserted', (event) => event.target === remoteId);
});

it('tells others how far we have read', async () => {
  const eventId = await stage.bob.send(roomId, 'have you read this');
  await stage.own.host.waitFor('message.upserted', (event) => event.message.remoteId === eventId);
  await stage.own.session.receipts?.markRead({ conversationId: remoteConversationId(roomId), remoteId: remoteMessageId(eventId) });
  await until(async () => {
    const receipts = await ephemeral('m.receipt');
    return receipts.includes(eventId) && receipts.includes(stage.own.account.address);
  });
  await stage.own.host.waitFor('conversation.patched', (event) => event.patch.unreadCount === 0);
});

it('follows our reading on another device, publicly or privately', async () => {
  const first = await stage.bob.send(roomId, 'read elsewhere');
  await stage.aliceElsewhere.markRead(roomId, first);
  await stage.own.host.waitFor('marker.upserted', (event) => event.target === first);
  const second = await stage.bob.send(roomId, 'read elsewhere in private');
  await stage.aliceElsewhere.call('POST', `/v3/rooms/${encodeURIComponent(roomId)}/receipt/m.read.private/${encodeURIComponent(second)}`, {});
  await stage.own.host.waitFor('marker.upserted', (event) => event.target === second);
});
