// needs: synapse tools
/** Threads, polls, places, stickers, voice messages and corrections of files, as other programs send them. */
import { readFileSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remoteConversationId, remoteMessageId, type RemoteMessage } from '#model';
import { drawPng } from '../../kit/draw-png.ts';
import { outgoing } from './account.ts';
import { setSharedStage, type SharedStage } from './stage.ts';

describe.each([{ msc4222: true }, { msc4222: false }])('%j', (options) => {
  let stage: SharedStage;
  let roomId: string;

  beforeAll(async () => {
    stage = await setSharedStage(undefined, options);
    roomId = await stage.room();
    await stage.own.session.start();
    await stage.own.host.waitFor('state', (event) => event.connection === 'online');
  });

  afterAll(() => stage?.stop());

  const heard = async (eventId: string): Promise<RemoteMessage> =>
    (await stage.own.host.waitFor('message.upserted', (event) => event.message.remoteId === eventId)).message;
  const say = (type: string, content: Record<string, unknown>): Promise<string> => stage.bob.sendEvent(roomId, type, content);

  describe('threads', () => {
    it('are read, answered and counted apart from the room', async () => {
      const inOther = await stage.room('Threads');
      const root = await stage.bob.send(inOther, 'a root');
      await heard(root);
      const relation = { rel_type: 'm.thread', event_id: root, is_falling_back: true, 'm.in_reply_to': { event_id: root } };
      const answer = await stage.bob.sendEvent(inOther, 'm.room.message', { msgtype: 'm.text', body: 'answer', 'm.relates_to': relation });
      expect(await heard(answer)).toMatchObject({ threadRootId: root });
      const conversationId = remoteConversationId(inOther);
      const target = (id: string) => ({ conversationId, remoteId: remoteMessageId(id) });
      const counts = (unreadCount: number) =>
        stage.own.host.waitFor('conversation.patched', (event) => event.conversationId === inOther && event.patch.unreadCount === unreadCount);
      await counts(2);
      await stage.own.session.receipts?.markRead(target(root), true, false, null);
      await counts(1);
      await stage.own.session.receipts?.markRead(target(answer), true, false, remoteMessageId(root));
      await counts(0);
      await stage.own.host.waitFor('marker.upserted', (event) => event.target === answer && event.within === root);

      const { remoteId } = await stage.own.session.send(outgoing(inOther, 'into it', 'txn-into', { threadRootId: remoteMessageId(root) }));
      const sent = (await stage.bob.messages(inOther)).find((event) => event.event_id === remoteId);
      expect(sent?.content['m.relates_to']).toEqual({ rel_type: 'm.thread', event_id: root, is_falling_back: true, 'm.in_reply_to': { event_id: answer } });
      await stage.bob.call('POST', `/v3/rooms/${encodeURIComponent(inOther)}/receipt/m.read/${encodeURIComponent(remoteId)}`, { thread_id: root });
      await stage.own.host.waitFor('receipt.upserted', (event) => event.target === remoteId && event.within === root);
    });

    it('show what they are about, count once, and an answer to one of their messages stays in them', async () => {
      const root = await stage.bob.send(roomId, 'who brings the cake?');
      await heard(root);
      const relation = { rel_type: 'm.thread', event_id: root, is_falling_back: true, 'm.in_reply_to': { event_id: root } };
      const before = performance.now();
      const first = await say('m.room.message', { msgtype: 'm.text', body: 'in the thread', 'm.relates_to': relation });
      const message = await heard(first);
      expect(performance.now() - before).toBeLessThan(1_000);
      expect(message).toMatchObject({ text: 'in the thread', replyTo: { remoteId: root, senderId: stage.bob.userId } });

      const second = await say('m.room.message', {
        msgtype: 'm.text',
        body: 'to the first',
        'm.relates_to': { ...relation, is_falling_back: false, 'm.in_reply_to': { event_id: first } },
      });
      expect((await heard(second)).replyTo?.remoteId).toBe(first);
      const counted = await stage.own.host.waitFor('conversation.patched', (event) => event.conversationId === roomId && event.patch.unreadCount === 3);
      expect(counted.patch.unreadCount).toBe(3);

      const replyTo = { remoteId: remoteMessageId(first), senderId: message.senderId };
      const { remoteId } = await stage.own.session.send(outgoing(roomId, 'I do', 'txn-thread', { replyTo }));
      const sent = (await stage.bob.messages(roomId)).find((event) => event.event_id === remoteId);
      expect(sent?.content['m.relates_to']).toEqual({ rel_type: 'm.thread', event_id: root, is_falling_back: false, 'm.in_reply_to': { event_id: first } });
      const told = stage.own.host.of('message.upserted').filter((event) => event.message.remoteId === first);
      expect(told).toHaveLength(1);
    });
  });

  describe('polls', () => {
    const start = (kind: string) => ({
      'org.matrix.msc1767.text': 'When?',
      'org.matrix.msc3381.poll.start': {
        question: { 'org.matrix.msc1767.text': 'When?' },
        kind: `org.matrix.msc3381.poll.${kind}`,
        max_selections: 1,
        answers: [
          { id: 'a', 'org.matrix.msc1767.text': 'Monday' },
          { id: 'b', 'org.matrix.msc1767.text': 'Friday' },
        ],
      },
    });
    const about = (poll: string) => ({ 'm.relates_to': { rel_type: 'm.reference', event_id: poll } });
    const vote = (poll: string, id: string) => ({ ...about(poll), 'org.matrix.msc3381.poll.response': { answers: [id] } });
    const becomes = (poll: string, text: string) =>
      stage.own.host.waitFor('message.patched', (event) => event.target === poll && event.patch.text === text);

    it('are text with their answers, and numbers that follow the votes', async () => {
      const poll = await say('org.matrix.msc3381.poll.start', start('disclosed'));
      expect(await heard(poll)).toMatchObject({ kind: 'message', text: '📊 When?\n▫️ Monday\n▫️ Friday' });
      await say('org.matrix.msc3381.poll.response', vote(poll, 'a'));
      await becomes(poll, '📊 When?\n▫️ Monday — 1\n▫️ Friday — 0');
      await say('org.matrix.msc3381.poll.response', vote(poll, 'b'));
      await stage.aliceElsewhere.sendEvent(roomId, 'org.matrix.msc3381.poll.response', vote(poll, 'b'));
      await becomes(poll, '📊 When?\n▫️ Monday — 0\n▫️ Friday — 2');
      // Only the one who asked may end it.
      await stage.aliceElsewhere.sendEvent(roomId, 'org.matrix.msc3381.poll.end', about(poll));
      await say('org.matrix.msc3381.poll.response', vote(poll, 'a'));
      await becomes(poll, '📊 When?\n▫️ Monday — 1\n▫️ Friday — 1');
      await say('org.matrix.msc3381.poll.end', about(poll));
      await becomes(poll, '📊 When? 🏁\n▫️ Monday — 1\n▫️ Friday — 1');
    });

    it('take our vote under their own names, and another one in its place; ours can be made and ended', async () => {
      const conversationId = remoteConversationId(roomId);
      const open = await say('org.matrix.msc3381.poll.start', start('disclosed'));
      expect((await heard(open)).poll).toMatchObject({ question: 'When?', mostChoices: 1, isDisclosed: true, isEnded: false });
      const stable = {
        'm.text': [{ body: 'Tea?' }],
        'm.poll': { question: { 'm.text': [{ body: 'Tea?' }] }, kind: 'm.undisclosed', max_selections: 1, answers: [{ 'm.id': 'y', 'm.text': [{ body: 'Yes' }] }, { 'm.id': 'n', 'm.text': [{ body: 'No' }] }] },
      };
      const closed = await say('m.poll.start', stable);
      await heard(closed);
      const { polls } = stage.own.session;
      const votes = async (poll: string) => (await stage.bob.messages(roomId)).filter((event) => JSON.stringify(event.content['m.relates_to'] ?? {}).includes(poll)).map(({ type, content }) => [type, content['m.selections'] ?? content['org.matrix.msc3381.poll.response']]);
      const changed = (poll: string, ownChoices: readonly string[]) =>
        stage.own.host.waitFor('message.patched', (event) => event.target === poll && JSON.stringify(event.patch.poll?.ownChoices) === JSON.stringify(ownChoices));
      await polls?.vote({ conversationId, remoteId: remoteMessageId(open) }, ['a'], 'vote-1');
      expect((await changed(open, ['a'])).patch.poll).toMatchObject({ voterCount: 1, answers: [{ voteCount: 1 }, { voteCount: 0 }] });
      await polls?.vote({ conversationId, remoteId: remoteMessageId(open) }, ['b'], 'vote-2');
      expect((await changed(open, ['b'])).patch.poll).toMatchObject({ voterCount: 1, answers: [{ voteCount: 0 }, { voteCount: 1 }] });
      await polls?.vote({ conversationId, remoteId: remoteMessageId(closed) }, ['y'], 'vote-3');
      expect((await changed(closed, ['y'])).patch.poll).toMatchObject({ voterCount: null, answers: [{ voteCount: null }, { voteCount: null }] });
      expect(await votes(closed)).toEqual([['m.poll.response', ['y']]]);
      expect(await votes(open)).toEqual([['org.matrix.msc3381.poll.response', { answers: ['b'] }], ['org.matrix.msc3381.poll.response', { answers: ['a'] }]]);
      await expect(polls?.end({ conversationId, remoteId: remoteMessageId(open) }, 'end-1')).rejects.toMatchObject({ fault: { code: 'forbidden' } });

      await polls?.create(conversationId, { question: 'Which pier?', answers: ['North', 'South'], mostChoices: 1, isDisclosed: false }, 'new-poll');
      const made = await stage.own.host.waitFor('message.upserted', (event) => event.message.poll?.question === 'Which pier?');
      await say('org.matrix.msc3381.poll.response', vote(made.message.remoteId, '2'));
      await polls?.end({ conversationId, remoteId: made.message.remoteId }, 'end-2');
      const ended = await stage.own.host.waitFor('message.patched', (event) => event.target === made.message.remoteId && event.patch.poll?.isEnded === true);
      expect(ended.patch.poll?.answers).toMatchObject([{ text: 'North', voteCount: 0 }, { text: 'South', voteCount: 1 }]);
    });

    it('that keep their numbers to themselves show them at the end', async () => {
      const poll = await say('org.matrix.msc3381.poll.start', start('undisclosed'));
      await heard(poll);
      await say('org.matrix.msc3381.poll.response', vote(poll, 'a'));
      await heard(await stage.bob.send(roomId, 'voted'));
      await say('org.matrix.msc3381.poll.end', about(poll));
      await becomes(poll, '📊 When? 🏁\n▫️ Monday — 1\n▫️ Friday — 0');
      const told = stage.own.host.of('message.patched').filter((event) => event.target === poll && event.patch.text !== undefined);
      expect(told).toHaveLength(1);
    });
  });

  describe('what is no text', () => {
    it('a place is readable, a sticker is a picture, a voice message is a sound with its length', async () => {
      const place = await say('m.room.message', { msgtype: 'm.location', body: 'The pier', geo_uri: 'geo:39.46,-0.32' });
      expect((await heard(place)).text).toBe('The pier\ngeo:39.46,-0.32');
      const url = await stage.bob.upload({ name: 'fish.png', type: 'image/png', data: new Uint8Array(drawPng(64, 0x336699)) });
      const sticker = await say('m.sticker', { body: 'a fish', url, info: { mimetype: 'image/png', w: 64, h: 64 } });
      expect(await heard(sticker)).toMatchObject({ kind: 'message', attachments: [{ mime: 'image/png', widthPx: 64 }] });
      const sound = await stage.bob.upload({ name: 'voice.ogg', type: 'audio/ogg', data: new Uint8Array([1, 2, 3]) });
      const voice = await say('m.room.message', {
        msgtype: 'm.audio',
        body: 'Voice message.ogg',
        url: sound,
        info: { mimetype: 'audio/ogg', size: 3 },
        'org.matrix.msc1767.audio': { duration: 4_200, waveform: [1, 2, 3] },
        'org.matrix.msc3245.voice': {},
      });
      const { attachments } = await heard(voice);
      expect(attachments).toMatchObject([{ mime: 'audio/ogg', durationMs: 4_200, sizeBytes: 3, voice: { waveform: [0, 0, 0] } }]);
      const path = join(mkdtempSync(join(tmpdir(), 'palomar-voice-')), 'voice');
      if (attachments?.[0] === undefined) throw new Error('no sound');
      await stage.own.session.attachments?.download(attachments[0], path, 1_000, new AbortController().signal);
      expect([...readFileSync(path)]).toEqual([1, 2, 3]);
    });

    it('another caption for a file leaves the file, another file takes its place', async () => {
      const upload = (name: string, color: number) => stage.bob.upload({ name, type: 'image/png', data: new Uint8Array(drawPng(32, color)) });
      const [first, second] = [await upload('one.png', 0x111111), await upload('two.png', 0x222222)];
      const image = (url: string, body: string) => ({ msgtype: 'm.image', body, filename: 'one.png', url, info: { mimetype: 'image/png' } });
      const eventId = await say('m.room.message', image(first, 'befroe'));
      await heard(eventId);
      const correct = (content: Record<string, unknown>) =>
        say('m.room.message', { ...content, 'm.new_content': content, 'm.relates_to': { rel_type: 'm.replace', event_id: eventId } });
      await correct(image(first, 'before'));
      const caption = await stage.own.host.waitFor('message.patched', (event) => event.target === eventId && event.patch.text === 'before');
      expect(caption.patch.attachments?.[0]?.source).toBe(first);
      await correct(image(second, 'before'));
      await stage.own.host.waitFor('message.patched', (event) => event.target === eventId && event.patch.attachments?.[0]?.source === second);
    });

    it('our own caption of a file is corrected and the file stays', async () => {
      const mxc = await stage.aliceElsewhere.upload({ name: 'own.png', type: 'image/png', data: new Uint8Array(drawPng(32, 0x444444)) });
      const eventId = await stage.aliceElsewhere.sendEvent(roomId, 'm.room.message', { msgtype: 'm.image', body: 'captoin', filename: 'own.png', url: mxc, info: { mimetype: 'image/png' } });
      await heard(eventId);
      await stage.own.session.edits?.edit({ conversationId: remoteConversationId(roomId), remoteId: remoteMessageId(eventId) }, 'caption', 'txn-caption');
      const edit = await stage.own.host.waitFor('message.patched', (event) => event.target === eventId);
      expect(edit.patch).toMatchObject({ text: 'caption', attachments: [{ source: mxc, name: 'own.png' }] });
    });
  });

  describe('notices of the server', () => {
    it('are automatic words, not somebody talking', async () => {
      const eventId = await say('m.room.message', { msgtype: 'm.server_notice', body: 'We move tonight', server_notice_type: 'm.server_notice.usage_limit_reached' });
      expect(await heard(eventId)).toMatchObject({ kind: 'notice', text: 'We move tonight' });
    });
  });
});
