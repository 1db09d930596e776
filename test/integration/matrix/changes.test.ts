// needs: synapse tools
/** Edits, replies, reactions and redactions, ours and others', live and after a restart. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MessageTarget } from '#bridge';
import { remoteConversationId, remoteMessageId } from '#model';
import { until } from '../../kit/until.ts';
import { filesContaining } from '../../kit/files-containing.ts';
import { outgoing } from './account.ts';
import { setSharedStage, type SharedStage } from './stage.ts';

let stage: SharedStage;
let roomId: string;

/** What another client did must be seen within a second. */
const soonMs = 1_000;

const target = (eventId: string): MessageTarget => ({
  conversationId: remoteConversationId(roomId),
  remoteId: remoteMessageId(eventId),
});

beforeAll(async () => {
  stage = await setSharedStage();
  roomId = await stage.room();
  await stage.own.session.start();
  await stage.own.host.waitFor('state', (event) => event.connection === 'online');
});

afterAll(() => stage?.stop());

describe('what another client changes', () => {
  it('is seen within a second: reply, edit, reaction, redaction', async () => {
    const { bob, own } = stage;
    const first = await bob.send(roomId, 'first words');
    await own.host.waitFor('message.upserted', (event) => event.message.remoteId === first, soonMs);

    const reply = await bob.sendEvent(roomId, 'm.room.message', {
      msgtype: 'm.text',
      body: `> <${bob.userId}> first words\n\nand an answer`,
      'm.relates_to': { 'm.in_reply_to': { event_id: first } },
    });
    const replied = await own.host.waitFor('message.upserted', (event) => event.message.remoteId === reply, soonMs);
    expect(replied.message).toMatchObject({ text: 'and an answer', replyTo: { remoteId: first, senderId: bob.userId, excerpt: 'first words' } });

    await bob.edit(roomId, first, 'better words');
    const edited = await own.host.waitFor('message.patched', (event) => event.target === first, soonMs);
    expect(edited).toMatchObject({ by: bob.userId, patch: { text: 'better words' } });

    const reaction = await bob.react(roomId, first, '👍');
    const reacted = await own.host.waitFor('reaction.upserted', (event) => event.reactionId === reaction, soonMs);
    expect(reacted).toMatchObject({ target: first, personId: bob.userId, emoji: '👍' });

    await bob.redact(roomId, reaction);
    await own.host.waitFor('reaction.deleted', (event) => event.reactionId === reaction, soonMs);
    await bob.redact(roomId, reply);
    const deleted = await own.host.waitFor('message.deleted', (event) => event.target === reply, soonMs);
    expect(deleted).toMatchObject({ by: bob.userId, isModerated: false });
  });

  it('goes back to the words before when an edit is taken back', async () => {
    const { bob, own } = stage;
    const eventId = await bob.send(roomId, 'original words');
    const edit = await bob.edit(roomId, eventId, 'regretted words');
    await own.host.waitFor('message.patched', (event) => event.target === eventId);
    await bob.redact(roomId, edit);
    await own.host.waitFor('message.patched', (event) => event.target === eventId && event.patch.text === 'original words');
  });
});

describe('what we change', () => {
  it('reaches the others: edit, reactions added and removed, deletion', async () => {
    const { bob, own } = stage;
    const { remoteId } = await own.session.send(outgoing(roomId, 'mine', 'txn-mine'));
    await own.session.edits?.edit(target(remoteId), 'mine, better', 'edit-1');
    await own.session.edits?.edit(target(remoteId), 'mine, better', 'edit-1');
    const edits = (await bob.messages(roomId)).filter((event) => 'm.new_content' in event.content && event.sender === own.account.address);
    expect(edits).toHaveLength(1);
    expect(edits[0]?.content['m.new_content']).toMatchObject({ body: 'mine, better', msgtype: 'm.text' });

    const reactions = async () =>
      (await bob.messages(roomId))
        .filter((event) => event.type === 'm.reaction' && event.sender === own.account.address)
        .map((event) => (event.content['m.relates_to'] as { key?: string } | undefined)?.key);
    await own.session.reactions?.react(target(remoteId), ['🎉', '👀'], 'react-1');
    await own.session.reactions?.react(target(remoteId), ['🎉', '👀'], 'react-1');
    expect((await reactions()).toSorted()).toEqual(['🎉', '👀'].toSorted());
    await own.session.reactions?.react(target(remoteId), ['👀'], 'react-2');
    await until(async () => (await reactions()).filter((key) => key !== undefined).join() === '👀');

    await own.session.edits?.delete(target(remoteId), 'delete-1');
    await own.host.waitFor('message.deleted', (event) => event.target === remoteId);
    const seen = (await bob.messages(roomId)).find((event) => event.event_id === remoteId);
    expect(seen?.content).toEqual({});
  });

  it('does not let anybody else correct our message', async () => {
    const { bob, own } = stage;
    const { remoteId } = await own.session.send(outgoing(roomId, 'words of ours', 'txn-words'));
    await own.host.waitFor('message.upserted', (event) => event.message.remoteId === remoteId);
    await bob.edit(roomId, remoteId, 'words put into our mouth');
    const event = await own.host.waitFor('security', (security) => security.rule === 'edit-by-other');
    expect(event.detail).not.toContain('words');
    expect(own.host.of('message.patched').filter((patched) => patched.target === remoteId)).toEqual([]);
  });
});

describe('after a restart', () => {
  it('older pages show every message as it is now', async () => {
    const { bob } = stage;
    const pageRoomId = await stage.knownRoom('Pages');
    const kept = await bob.send(pageRoomId, 'kept');
    await bob.edit(pageRoomId, kept, 'kept, edited');
    await bob.react(pageRoomId, kept, '❤️');
    const gone = await bob.send(pageRoomId, 'gone');
    // Erased before we ever saw it, it would have no row.
    await stage.own.host.waitFor('message.upserted', (event) => event.message.remoteId === gone);
    const last = await bob.redact(pageRoomId, gone);
    await stage.own.host.waitFor('message.deleted', (event) => event.target === gone);
    expect(last).toBeTruthy();

    const again = await stage.restart();
    await again.session.start();
    await again.host.waitFor('state', (event) => event.connection === 'online');
    expect(again.host.of('message.upserted')).toEqual([]);
    const page = await again.session.history?.loadOlder(remoteConversationId(pageRoomId), null, null, 50);
    expect(page).toMatchObject({ messageCount: 2, hasMore: false });
    const [first, second] = again.host.of('message.upserted').map((event) => event.message);
    expect(first).toMatchObject({ remoteId: kept, text: 'kept, edited' });
    expect(first?.editedAtMs).toBeGreaterThan(0);
    expect(second).toMatchObject({ remoteId: gone, text: '' });
    expect(second?.deletedAtMs).toBeGreaterThan(0);
    expect(again.host.of('reaction.upserted').some((event) => event.target === kept && event.emoji === '❤️')).toBe(true);
  });

  it('leaves no redacted word in the files of the bridge', async () => {
    const { bob, own } = stage;
    const secretWord = 'unforgettable-halibut';
    const eventId = await bob.send(roomId, secretWord);
    await own.host.waitFor('message.upserted', (event) => event.message.remoteId === eventId);
    await bob.redact(roomId, eventId);
    await own.host.waitFor('message.deleted', (event) => event.target === eventId);
    await own.session.stop();
    expect(filesContaining(own.host.dataDir, [secretWord])).toEqual([]);
  });
});
