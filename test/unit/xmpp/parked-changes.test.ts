// needs: nothing
import { describe, expect, it } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { conversationOf, personOf, senderMessage } from '../../../bridges/xmpp/ids.ts';
import { ParkedChanges } from '../../../bridges/xmpp/parked-changes.ts';

const conversationId = conversationOf('paul@oriente.example');
const by = personOf('paul@oriente.example');
const correction = (id: string, text: string): BridgeEvent => ({ type: 'message.patched', conversationId, target: senderMessage(id), by, patch: { text, editedAtMs: 1 } });
const original = (id: string): BridgeEvent => ({
  type: 'message.upserted',
  origin: 'history',
  message: { conversationId, remoteId: senderMessage(id), kind: 'message', text: 'first', senderId: by, isOwn: false, sentAtMs: 0 },
});
const isTold = (parked: ParkedChanges, id: string): boolean => parked.weave([original(id)]).length === 2;

describe('changes that were read before their message', () => {
  it('are told behind it, once', () => {
    const parked = new ParkedChanges();
    parked.weave([correction('a', 'second')]);
    expect(parked.weave([original('a')])).toEqual([original('a'), correction('a', 'second')]);
    expect(isTold(parked, 'a')).toBe(false);
  });

  it('of messages that never come fill no memory, in number or in length', () => {
    const many = new ParkedChanges();
    many.weave(Array.from({ length: 3_000 }, (_, index) => correction(`m${index}`, 'x')));
    expect([isTold(many, 'm1999'), isTold(many, 'm2000')]).toEqual([true, false]);
    const long = new ParkedChanges();
    for (let index = 0; index < 8; index += 1) long.weave([correction(`l${index}`, 'x'.repeat(1024 * 1024))]);
    expect([isTold(long, 'l3'), isTold(long, 'l4')]).toEqual([true, false]);
    long.weave([correction('later', 'x')]);
    expect(isTold(long, 'later')).toBe(true);
  });
});
