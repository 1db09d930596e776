import { beforeEach, describe, expect, test } from 'vitest';
import { transactionId } from '#model';
import { outgoing } from '../../../electron/engine/sync/outgoing.ts';
import { securityEvents } from '../../../electron/engine/store/repositories/security-events.ts';
import { hashKey } from '../../../electron/engine/store/hash-key.ts';
import { chat, juri, live, marta, message, name, noonMs, own, room, TestStore, upserted } from '../store/kit/test-store.ts';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
});

describe('one message, however often it is told', () => {
  test('live, carbon, archive and resume make one row', () => {
    store.take(live('a1', 'Hello', { alternateId: name('a1') }));
    store.take(live('a1', 'Hello', { alternateId: name('a1') }));
    store.take(upserted(message('archive-7', 'Hello', { alternateId: name('a1') }), 'catchup'));
    store.take(upserted(message('archive-7', 'Hello', { alternateId: name('a1') }), 'history'));
    expect(store.texts()).toEqual(['Hello']);
    expect(store.row().unreadCount).toBe(1);
  });

  test('the same in one batch', () => {
    store.take(live('a1', 'Hello'), live('a1', 'Hello'));
    expect(store.texts()).toEqual(['Hello']);
  });

  test('told again with another text, it stays as it was, and the attempt is written down', () => {
    store.take(live('a1', 'Hello', { alternateId: name('a1') }));
    store.take(upserted(message('archive-7', ' Hello ', { alternateId: name('a1') }), 'catchup'));
    expect(securityEvents.list(store.db, 10)).toEqual([]);
    store.take(upserted(message('archive-7', 'Send the money elsewhere', { alternateId: name('a1') }), 'history'));
    expect(store.texts()).toEqual(['Hello']);
    const [event] = securityEvents.list(store.db, 10);
    expect(event?.rule).toBe('history-rewritten');
    expect(event?.detail).not.toContain('money');
  });

  test('a correction that the archive tells before is no rewriting, and neither is what we wrote ourselves', () => {
    store.take(live('a1', 'Helo', { alternateId: name('a1') }));
    store.take({ type: 'message.patched', conversationId: chat, target: name('a1'), by: marta, patch: { text: 'Hello', editedAtMs: noonMs } });
    store.take(upserted(message('a1', 'Helo', { alternateId: name('a1') }), 'history'));
    store.take(own('b1', '/me waves'));
    store.take(upserted(message('b1', 'waves', { isOwn: true, kind: 'action' }), 'history'));
    expect(securityEvents.list(store.db, 10)).toEqual([]);
  });

  test('a correction told again is no second one', () => {
    store.take(live('a1', 'Helo'));
    const correction = { type: 'message.patched', conversationId: chat, target: name('a1'), by: marta, patch: { text: 'Hello', editedAtMs: noonMs } } as const;
    const version = () => store.db.prepare('SELECT version FROM messages').pluck().get();
    store.take(correction);
    const corrected = version();
    store.take(correction);
    expect([version(), store.texts()]).toEqual([corrected, ['Hello']]);
    store.take({ ...correction, patch: { text: 'Hello!', editedAtMs: noonMs } });
    expect(version()).toBeGreaterThan(corrected as number);
  });

  test('the archive names it better: later events find it by both names', () => {
    store.take(live('weak', 'Hello', { alternateId: name('weak') }));
    store.take(upserted(message('strong', 'Hello', { alternateId: name('weak') }), 'catchup'));
    for (const [target, emoji] of [['strong', '👍'], ['weak', '🎉']] as const) {
      store.take({ type: 'reaction.upserted', conversationId: chat, target: name(target), personId: marta, emoji });
    }
    expect(store.messages()[0]?.reactions.map((reaction) => reaction.emoji).sort()).toEqual(['🎉', '👍'].sort());
  });

  test('two people may use the same weak name', () => {
    store.take(
      live('s1', 'from Marta', { conversationId: room, alternateId: name('1') }),
      live('s2', 'from Jüri', { conversationId: room, senderId: juri, alternateId: name('1') }),
    );
    expect(store.texts(room)).toEqual(['from Marta', 'from Jüri']);
  });

  test('the same name in two conversations is two messages', () => {
    store.take(live('1', 'direct'), live('1', 'in the room', { conversationId: room }));
    expect(store.texts()).toEqual(['direct']);
    expect(store.texts(room)).toEqual(['in the room']);
  });

  test('names with the same hash are told apart', () => {
    const [first, second] = namesWithOneHash(store.conversationId());
    store.take(live(first, 'one'), live(second, 'two'));
    store.take(live(first, 'one'), live(second, 'two'));
    expect(store.texts()).toEqual(['one', 'two']);
    store.take({ type: 'message.deleted', conversationId: chat, target: name(second), by: marta, deletedAtMs: noonMs });
    expect(store.texts()).toEqual(['one', '']);
  });

  test('somebody else cannot speak under the name of a message that is there', () => {
    store.take(live('1', 'mine', { conversationId: room }));
    store.take(live('1', 'forged', { conversationId: room, senderId: juri, editedAtMs: noonMs }));
    expect(store.texts(room)).toEqual(['mine']);
    expect(store.count('security_events')).toBe(1);
  });
});

describe('first text wins', () => {
  test('a server that rewrites its history changes nothing', () => {
    store.take(live('1', 'I agree to 100'));
    store.take(upserted(message('1', 'I agree to 900'), 'history'));
    expect(store.texts()).toEqual(['I agree to 100']);
  });

  test('an edit that says so is taken', () => {
    store.take(live('1', 'teh'));
    store.take(upserted(message('1', 'the', { editedAtMs: noonMs }), 'catchup'));
    expect(store.texts()).toEqual(['the']);
    store.checkIndex();
  });

  test('an unreadable message may become readable', () => {
    store.take(live('1', 'encrypted for another device', { kind: 'unreadable' }));
    store.take(live('1', 'Good morning'));
    expect(store.messages()[0]).toMatchObject({ kind: 'message', text: 'Good morning', editedAtMs: null });
    store.checkIndex();
  });

  test('a deleted message does not come back from the archive', () => {
    store.take(live('1', 'secret'));
    store.take({ type: 'message.deleted', conversationId: chat, target: name('1'), by: marta, deletedAtMs: noonMs });
    store.take(upserted(message('1', 'secret'), 'history'));
    expect(store.messages()[0]).toMatchObject({ text: '', deletedAtMs: noonMs });
  });
});

describe('our own messages', () => {
  const write = (transaction: string) =>
    outgoing.add(store.db, {
      conversationId: store.conversationId(),
      transactionId: transactionId(transaction),
      text: 'On its way',
      replyToId: null,
      file: null,
      nowMs: noonMs,
    });

  test('the echo folds into the row that waits', () => {
    write('t1');
    store.take(own('server-1', 'On its way', { transactionId: transactionId('t1') }));
    expect(store.messages()).toHaveLength(1);
    expect(store.messages()[0]).toMatchObject({ delivery: 'sent', text: 'On its way' });
  });

  test('the ack and then the echo, or the echo and then the ack: one row', () => {
    const { id } = write('t1');
    outgoing.acknowledge(store.db, id, { remoteId: name('server-1'), sentAtMs: noonMs });
    store.take(own('server-1', 'On its way', { transactionId: transactionId('t1') }));
    const second = write('t2');
    store.take(own('server-2', 'On its way', { transactionId: transactionId('t2') }));
    outgoing.acknowledge(store.db, second.id, { remoteId: name('server-2'), sentAtMs: noonMs });
    expect(store.messages()).toHaveLength(2);
  });

  test('a copy from the archive that came before the ack disappears into the row', () => {
    const { id } = write('t1');
    store.take(own('server-1', 'On its way', { alternateId: name('o1') }));
    expect(store.messages()).toHaveLength(2);
    const changes = outgoing.acknowledge(store.db, id, { remoteId: name('server-1'), sentAtMs: noonMs });
    expect(store.messages().map((row) => row.id)).toEqual([id]);
    expect([...(changes.messages.get(store.conversationId())?.removedIds ?? [])]).toHaveLength(1);
    store.checkIndex();
  });

  test('an echo before our own address is known does not double', () => {
    store.db.exec('UPDATE addresses SET is_self = 0');
    write('t1');
    store.take(own('server-1', 'On its way', { transactionId: transactionId('t1') }));
    expect(store.messages()).toHaveLength(1);
    expect(store.messages()[0]?.senderId).not.toBeNull();
  });

  test('a transaction id of a stranger folds into nothing', () => {
    write('t1');
    store.take(live('x', 'forged', { transactionId: transactionId('t1') }));
    expect(store.texts().sort()).toEqual(['On its way', 'forged'].sort());
  });

  test('the same transaction twice is one message', () => {
    expect(write('t1').isNew).toBe(true);
    expect(write('t1').isNew).toBe(false);
    expect(store.messages()).toHaveLength(1);
  });
});

/** Among a few hundred thousand names two share a hash of 32 bits. */
function namesWithOneHash(scope: number): [string, string] {
  const seen = new Map<number, string>();
  for (let index = 0; ; index += 1) {
    const candidate = `name-${index}`;
    const key = hashKey(scope, candidate);
    const other = seen.get(key);
    if (other !== undefined) return [other, candidate];
    seen.set(key, candidate);
  }
}
