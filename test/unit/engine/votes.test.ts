import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BridgeError } from '#bridge';
import { remoteConversationId, remoteMessageId } from '#model';
import type { ConversationRow, MessageRow } from '#rpc';
import { addFakeAccount, startEngine, type EngineClient } from '../../kit/engine-client.ts';
import { conversationEvents, createFakeBridge, friend, messageEvent, stateEvent, type FakeBehaviour, type FakeBridge } from '../../kit/fake-bridge.ts';
import { until } from '../../kit/until.ts';

const nowMs = Date.now();
const answers = [{ id: 'a', text: 'Monday', voteCount: 0 }, { id: 'b', text: 'Friday', voteCount: 0 }];
const poll = { question: 'When?', answers, mostChoices: 1, ownChoices: [], voterCount: 0, isDisclosed: true, isEnded: false };

interface Polls {
  readonly bridge: FakeBridge;
  readonly client: EngineClient;
  readonly chat: ConversationRow;
  readonly row: (text: string, from?: EngineClient) => Promise<MessageRow>;
  readonly vote: (text: string, ...choices: readonly string[]) => Promise<unknown>;
  /** What the network was asked, over all sessions. */
  readonly asked: () => readonly (readonly unknown[])[];
}

const open = async (behaviour: FakeBehaviour = {}): Promise<Polls> => {
  const bridge = createFakeBridge(behaviour);
  const client = await startEngine({ bridges: [bridge] });
  await addFakeAccount(client);
  await bridge.say(...conversationEvents('chat'), messageEvent('chat', 'p', 'first', nowMs - 5_000, { poll }), messageEvent('chat', 'q', 'second', nowMs - 4_000, { poll }));
  const [chat] = await client.conversations();
  if (chat === undefined) throw new Error('no conversation');
  const row: Polls['row'] = async (text, from = client) => {
    const found = (await from.messages(chat)).find((message) => message.text === text);
    if (found === undefined) throw new Error(`no ${text}`);
    return found;
  };
  return {
    ...{ bridge, client, chat, row },
    vote: async (text, ...choices) => client.call('polls.vote', { id: (await row(text)).id, choices }),
    asked: () =>
      bridge.sessions.flatMap(({ calls }) =>
        calls
          .filter(({ name }) => name === 'vote' || name === 'send')
          .map(({ name, args: [what, choices] }) => (name === 'send' ? ['send', (what as { text: string }).text] : [(what as { remoteId: string }).remoteId, choices])),
      ),
  };
};

describe('a vote while the account is offline', () => {
  it('is shown as waiting, and goes out once and in order after a restart', async () => {
    const { client, bridge, chat, vote, row, asked } = await open();
    await bridge.say(stateEvent('offline'));
    await vote('first', 'a');
    await client.call('messages.send', { conversationId: chat.id, clientId: randomUUID(), text: 'I voted', replyToId: null, files: [] });
    await vote('second', 'b');
    // Only the last word about a poll counts.
    await vote('second');
    expect((await row('first')).poll).toMatchObject({ ownChoices: [], waitingChoices: ['a'] });
    expect((await row('second')).poll).toMatchObject({ waitingChoices: [] });
    await client.stop();
    expect(asked()).toEqual([]);

    const again = await startEngine({ bridges: [bridge], profileDir: client.profileDir, vaultKey: client.vaultKey });
    await until(async () => (await row('second', again)).poll?.waitingChoices === undefined);
    expect(asked()).toEqual([['p', ['a']], ['send', 'I voted'], ['q', []]]);
    expect((await row('first', again)).poll).not.toHaveProperty('waitingChoices');
  });

  it('that is tried again carries the same id', async () => {
    let left = 1;
    const { bridge, vote, row } = await open({
      vote: async () => {
        left -= 1;
        if (left >= 0) throw new BridgeError('server-unreachable');
      },
    });
    await vote('first', 'a');
    await until(() => bridge.current().calls.filter(({ name }) => name === 'vote').length === 1);
    await bridge.say(stateEvent('offline'), stateEvent('online'));
    await until(async () => (await row('first')).poll?.waitingChoices === undefined);
    const ids = bridge.current().calls.filter(({ name }) => name === 'vote').map(({ args }) => args[2]);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('is refused, and said so, when the poll ended meanwhile', async () => {
    const { client, bridge, vote, row, asked } = await open();
    await bridge.say(stateEvent('offline'));
    await vote('first', 'a');
    const patch = { poll: { ...poll, isEnded: true }, editedAtMs: nowMs };
    await bridge.say({ type: 'message.patched', conversationId: remoteConversationId('chat'), target: remoteMessageId('p'), by: friend, patch });
    await bridge.say(stateEvent('online'));
    await until(async () => (await row('first')).poll?.waitingChoices === undefined);
    expect(asked()).toEqual([]);
    expect(client.of('action.refused')).toMatchObject([{ action: 'vote', fault: { code: 'rejected' } }]);
  });
});
