// needs: synapse tools
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remoteConversationId, remoteMessageId } from '#model';
import { freshName } from '../../kit/lab.ts';
import { until } from '../../kit/until.ts';
import { outgoing } from './account.ts';
import { bodies, setSharedStage, type SharedStage } from './stage.ts';

let stage: SharedStage;
let roomId: string;

beforeAll(async () => {
  stage = await setSharedStage();
  roomId = await stage.room();
  await stage.bob.sendState(roomId, 'm.room.topic', '', { topic: 'ships' });
  await stage.bob.send(roomId, 'before you came');
  await stage.own.session.start();
  await stage.own.host.waitFor('state', (event) => event.connection === 'online');
});

afterAll(() => stage?.stop());

describe('a Matrix conversation', () => {
  it('appears with its messages and people, then the account is online', () => {
    const { host } = stage.own;
    expect(host.of('state').map((event) => event.connection)).toEqual(['connecting', 'online']);
    expect(host.of('conversation.upserted')[0]?.conversation).toMatchObject({
      remoteId: roomId,
      title: 'Harbour',
      topic: 'ships',
      kind: 'group',
      membership: 'joined',
      security: 'plain',
    });
    const told = host.of('message.upserted').map(({ message, origin }) => [message.text, message.senderId, origin]);
    expect(told).toEqual([['before you came', stage.bob.userId, 'history']]);
    expect(host.of('person.upserted').map(({ person }) => person.remoteId)).toContain(stage.bob.userId);
    expect(host.events.findIndex((event) => event.type === 'conversation.upserted')).toBeLessThan(
      host.events.findIndex((event) => event.type === 'message.upserted'),
    );
  });

  it('receives what others write, with the unread count of the server', async () => {
    const eventId = await stage.bob.send(roomId, 'hello');
    const { message, origin } = await stage.own.host.waitFor('message.upserted', (event) => event.message.remoteId === eventId);
    expect([message.text, origin, message.isOwn]).toEqual(['hello', 'live', false]);
    await stage.own.host.waitFor('conversation.patched', (event) => (event.patch.unreadCount ?? 0) > 0);
  });

  it('sends once per transaction, and the echo names it', async () => {
    const { session, host } = stage.own;
    const first = await session.send(outgoing(roomId, 'once', 'txn-once'));
    const second = await session.send(outgoing(roomId, 'once', 'txn-once'));
    expect(second.remoteId).toBe(first.remoteId);
    const echo = await host.waitFor('message.upserted', (event) => event.message.remoteId === first.remoteId);
    expect(echo.message).toMatchObject({ transactionId: 'txn-once', isOwn: true, delivery: 'sent' });
    expect((await bodies(stage.bob, roomId)).filter((body) => body === 'once')).toHaveLength(1);
  });

  it('answers with a reply that others see as one', async () => {
    const { session, host } = stage.own;
    const eventId = await stage.bob.send(roomId, 'a question');
    await host.waitFor('message.upserted', (event) => event.message.remoteId === eventId);
    const receipt = await session.send(outgoing(roomId, 'an answer', 'txn-reply', { replyTo: { remoteId: remoteMessageId(eventId) } }));
    const echo = await host.waitFor('message.upserted', (event) => event.message.remoteId === receipt.remoteId);
    expect(echo.message.replyTo).toMatchObject({ remoteId: eventId, senderId: stage.bob.userId });
  });

  it('says /me as an emote, and corrects it as one', async () => {
    const { session, host } = stage.own;
    const receipt = await session.send(outgoing(roomId, '/me waves', 'txn-me'));
    expect(receipt.shownAs).toEqual({ kind: 'action', text: 'waves' });
    const echo = await host.waitFor('message.upserted', (event) => event.message.remoteId === receipt.remoteId);
    expect(echo.message).toMatchObject({ kind: 'action', text: 'waves' });
    await session.edits?.edit({ conversationId: remoteConversationId(roomId), remoteId: receipt.remoteId }, 'waves twice', 'txn-me-2', undefined, 'action');
    const sent = (await stage.bob.messages(roomId, 10)).map(({ content }) => content).filter(({ msgtype }) => msgtype === 'm.emote');
    expect(sent.map(({ body }) => body)).toEqual(expect.arrayContaining(['waves', '* waves twice']));
    expect(sent.find((content) => 'm.new_content' in content)?.['m.new_content']).toMatchObject({ msgtype: 'm.emote', body: 'waves twice' });
  });

  it('follows a new name of the room and of a person', async () => {
    await stage.bob.sendState(roomId, 'm.room.name', '', { name: 'Old harbour' });
    await stage.own.host.waitFor('conversation.patched', (event) => event.patch.title === 'Old harbour');
    await stage.bob.call('PUT', `/v3/profile/${encodeURIComponent(stage.bob.userId)}/displayname`, { displayname: 'Bob the Boat' });
    await stage.own.host.waitFor('person.upserted', (event) => event.person.displayName === 'Bob the Boat');
  });

  it('keeps the order in which messages were given to it, per room', async () => {
    const texts = Array.from({ length: 12 }, (_, index) => `in order ${String(index)}`);
    await Promise.all(texts.map((text) => stage.own.session.send(outgoing(roomId, text, `txn-${text}`))));
    expect((await bodies(stage.bob, roomId)).filter((body) => body.startsWith('in order'))).toEqual(texts);
  });

  it('tells what the room allows', async () => {
    await until(() => stage.own.session.capabilities(remoteConversationId(roomId)).maxFileBytes !== undefined);
    expect(stage.own.session.capabilities(remoteConversationId(roomId))).toMatchObject({
      canSend: true,
      canEdit: true,
      canDelete: true,
      canReact: true,
      canSendFiles: true,
      maxFileBytes: 50 * 1024 * 1024,
      showsRead: true,
      showsTyping: true,
      showsDelivery: false,
      canLoadOlder: true,
    });
  });

  it('shows a room where only moderators may write as read-only', async () => {
    const quietId = await stage.knownRoom('Notices');
    await stage.bob.sendState(quietId, 'm.room.power_levels', '', { events_default: 50 });
    const capabilities = () => stage.own.session.capabilities(remoteConversationId(quietId));
    await until(() => capabilities().sendBlockedBy === 'read-only');
    expect(capabilities().canSend).toBe(false);
  });
});

describe('direct conversations and invitations', () => {
  it('shows an invitation as a decision, and the other person after it was accepted', async () => {
    const { host, session } = stage.own;
    const directId = await stage.bob.createRoom({ isDirect: true, invite: [stage.aliceElsewhere.userId] });
    const invitation = await host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === directId);
    expect(invitation.conversation).toMatchObject({ membership: 'invited', kind: 'direct', peerId: stage.bob.userId, title: null });
    expect(session.capabilities(remoteConversationId(directId))).toMatchObject({ canSend: false, sendBlockedBy: 'not-joined' });

    await session.membership?.accept(remoteConversationId(directId));
    await host.waitFor('conversation.patched', (event) => event.conversationId === directId && event.patch.membership === 'joined');
    expect(await session.loadConversation(remoteConversationId(directId))).toMatchObject({
      kind: 'direct',
      peerId: stage.bob.userId,
      membership: 'joined',
    });
    // The same person again: the same conversation.
    expect(await session.directory?.startConversation(stage.bob.userId)).toBe(directId);
  });

  it('declines an invitation', async () => {
    const { host, session } = stage.own;
    const unwantedId = await stage.bob.createRoom({ name: 'Unwanted', invite: [stage.aliceElsewhere.userId] });
    await host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === unwantedId);
    await session.membership?.leave(remoteConversationId(unwantedId));
    await host.waitFor('conversation.patched', (event) => event.conversationId === unwantedId && event.patch.membership === 'left');
  });

  it('opens a new conversation with a person, once, as a direct one', async () => {
    const { userId: carolId } = await stage.synapse.register(freshName('carol'), 'carol-secret');
    const { host, session } = stage.own;
    const conversationId = await session.directory?.startConversation(carolId);
    const told = host.of('conversation.upserted').filter((event) => event.conversation.remoteId === conversationId);
    expect(told).toHaveLength(1);
    expect(await session.loadConversation(conversationId!)).toMatchObject({ kind: 'direct', peerId: carolId });
    expect(await session.directory?.startConversation(carolId)).toBe(conversationId);
  });

  it('joins a room by its alias', async () => {
    await stage.bob.call('POST', '/v3/createRoom', { preset: 'public_chat', name: 'Square', room_alias_name: 'square' });
    const conversationId = await stage.own.session.directory?.startConversation('#square:localhost');
    const { conversation } = await stage.own.host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === conversationId);
    expect(conversation).toMatchObject({ title: 'Square', kind: 'channel' });
  });

  it.each([
    ['not an address', 'wrong-address'],
    ['@nobody-here:localhost', 'not-found'],
    ['#no-such-room:localhost', 'not-found'],
  ])('refuses %s with %s', async (address, code) => {
    await expect(stage.own.session.directory?.startConversation(address)).rejects.toMatchObject({ fault: { code } });
  });
});

describe('encrypted rooms', () => {
  const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
  const cipher = { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'AwgAEpABm', sender_key: 'k', device_id: 'd', session_id: 's' };

  it('are shown as such, what has no key as unreadable, and nothing is sent into them in clear', async () => {
    const { host, session } = stage.own;
    const secretId = await stage.bob.createRoom({ name: 'Secret', initialState: [encryption], invite: [stage.aliceElsewhere.userId] });
    await stage.aliceElsewhere.join(secretId);
    await host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === secretId && event.conversation.security === 'encrypted');
    const eventId = await stage.bob.sendEvent(secretId, 'm.room.encrypted', cipher);
    const { message } = await host.waitFor('message.upserted', (event) => event.message.remoteId === eventId);
    expect(message).toMatchObject({ kind: 'unreadable', text: 'reason:damaged' });

    const { remoteId } = await session.send(outgoing(secretId, 'in clear?', 'txn-secret'));
    expect(session.capabilities(remoteConversationId(secretId))).toMatchObject({ canSend: true, encrypts: true });
    expect(await bodies(stage.bob, secretId)).toEqual([]);
    const sent = (await stage.bob.messages(secretId)).find((event) => event.event_id === remoteId);
    expect(sent?.type).toBe('m.room.encrypted');
  });

  it('count as encrypted from the moment a plain room becomes one', async () => {
    const { host, session } = stage.own;
    const plainId = await stage.knownRoom('Still plain');
    await session.send(outgoing(plainId, 'still fine', 'txn-plain'));
    await stage.bob.sendState(plainId, 'm.room.encryption', '', encryption.content);
    await host.waitFor('conversation.patched', (event) => event.conversationId === plainId && event.patch.security === 'encrypted');
    await session.send(outgoing(plainId, 'no more', 'txn-no-more'));
    expect(await bodies(stage.bob, plainId)).toEqual(['still fine']);
  });
});

describe('hostile events', () => {
  it('cost themselves and nothing else', async () => {
    const { host } = stage.own;
    const oddContents: Record<string, unknown>[] = [
      { msgtype: 'org.example.odd', body: 'a text for those who do not know it' },
      { msgtype: 'm.image', body: 'no address', url: { mxc: true } },
      { msgtype: 'm.image', body: 'x', url: 'mxc://localhost/../../_matrix/client/v3/logout' },
      JSON.parse('{"msgtype":"m.text","body":"proto","__proto__":{"polluted":true},"constructor":{"prototype":1}}'),
      { msgtype: 'm.text', body: 'odd relation', 'm.relates_to': 'nothing' },
      { msgtype: 'm.text', body: 'odd reply', 'm.relates_to': { 'm.in_reply_to': ['$x'] } },
    ];
    for (const content of oddContents) await stage.bob.sendEvent(roomId, 'm.room.message', content);
    await stage.bob.sendEvent(roomId, 'm.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: [], key: {} } });
    await stage.bob.sendState(roomId, 'm.room.topic', '', { topic: 'harmless', 'm.topic': ['odd'] });
    const last = await stage.bob.send(roomId, 'after the storm');
    await host.waitFor('message.upserted', (event) => event.message.remoteId === last);
    const kinds = host.of('message.upserted').slice(-7).map((event) => event.message.kind);
    expect(kinds).toEqual(['unsupported', 'unsupported', 'unsupported', 'message', 'message', 'message', 'message']);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});
