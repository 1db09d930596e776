import { describe, expect, it } from 'vitest';
import type { ConversationId, MessageId, RpcEvent } from '#rpc';
import { createEventHub } from '../../../electron/engine/rpc/event-hub.ts';
import { until } from '../../kit/until.ts';

interface Heard {
  readonly event: RpcEvent;
  readonly payload: unknown;
}

const conversation = (id: number): ConversationId => id as ConversationId;
const message = (id: number): MessageId => id as MessageId;

const attached = (): { hub: ReturnType<typeof createEventHub>; heard: Heard[]; setCongested: (is: boolean) => void } => {
  const hub = createEventHub();
  const heard: Heard[] = [];
  let isCongested = false;
  hub.attach({ post: (event, payload) => void heard.push({ event, payload }), isCongested: () => isCongested });
  return {
    hub,
    heard,
    setCongested: (is) => {
      isCongested = is;
    },
  };
};

describe('event hub', () => {
  it('merges changes of a frame, messages of each conversation apart', async () => {
    const { hub, heard } = attached();
    const change = (conversationId: number, id: number, hasNewest: boolean): void =>
      hub.emit('messages.changed', { conversationId: conversation(conversationId), ids: [message(id)], removedIds: [], hasNewest });
    change(1, 10, false);
    change(1, 11, true);
    change(2, 12, false);
    change(1, 10, false);
    hub.emit('conversations.changed', { ids: [conversation(1)], totalUnread: 1 });
    hub.emit('conversations.changed', { ids: [conversation(2), conversation(1)], totalUnread: 2 });
    expect(heard).toEqual([]);
    await until(() => heard.length > 0);
    expect(heard).toEqual([
      { event: 'messages.changed', payload: { conversationId: 1, ids: [10, 11], removedIds: [], hasNewest: true } },
      { event: 'messages.changed', payload: { conversationId: 2, ids: [12], removedIds: [], hasNewest: false } },
      { event: 'conversations.changed', payload: { ids: [1, 2], totalUnread: 2 } },
    ]);
  });

  it('says "reload" instead of naming too many', () => {
    const { hub, heard } = attached();
    for (let id = 1; id <= 301; id += 1) hub.emit('conversations.changed', { ids: [conversation(id)], totalUnread: id });
    hub.flush();
    expect(heard).toEqual([{ event: 'conversations.changed', payload: { ids: null, totalUnread: 301 } }]);
  });

  it('holds events back while a page does not read, and sends the merged rest later', async () => {
    const { hub, heard, setCongested } = attached();
    setCongested(true);
    for (let id = 1; id <= 100; id += 1) {
      hub.emit('messages.changed', { conversationId: conversation(1), ids: [message(id)], removedIds: [], hasNewest: true });
      hub.flush();
    }
    expect(heard).toEqual([]);
    setCongested(false);
    await until(() => heard.length === 1);
    expect(heard[0]?.payload).toMatchObject({ ids: Array.from({ length: 100 }, (_, index) => index + 1) });
  });

  it('tells listeners of the host each event at once', () => {
    const { hub } = attached();
    const heard: RpcEvent[] = [];
    const stop = hub.listen((event) => void heard.push(event));
    hub.emit('typing.changed', { conversationId: conversation(1), names: [] });
    stop();
    hub.emit('typing.changed', { conversationId: conversation(1), names: [] });
    expect(heard).toEqual(['typing.changed']);
  });

  it('keeps only the last of what carries a whole state', () => {
    const { hub, heard } = attached();
    hub.emit('typing.changed', { conversationId: conversation(1), names: ['A'] });
    hub.emit('typing.changed', { conversationId: conversation(1), names: [] });
    hub.emit('vault.changed', { protection: 'passphrase-locked' });
    hub.emit('vault.changed', { protection: 'passphrase-open' });
    hub.flush();
    expect(heard.map((one) => one.payload)).toEqual([{ conversationId: 1, names: [] }, { protection: 'passphrase-open' }]);
  });
});
