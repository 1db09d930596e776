import { beforeEach, describe, expect, test } from 'vitest';
import type { BridgeEvent } from '#bridge';
import type { DeliveryState } from '#model';
import { isForward } from '../../../electron/engine/sync/delivery-order.ts';
import { chat, juri, live, marta, me, name, noonMs, own, TestStore } from '../store/kit/test-store.ts';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
});

const delivery = (target: string, state: DeliveryState): BridgeEvent => ({
  type: 'message.delivery',
  conversationId: chat,
  target: name(target),
  delivery: state,
  fault: state === 'failed' ? { code: 'rejected', detail: 'no such user' } : undefined,
});
const receipt = (target: string, kind: 'delivered' | 'read', scope: 'message' | 'upTo', personId = marta): BridgeEvent => ({
  type: 'receipt.upserted',
  conversationId: chat,
  personId,
  kind,
  scope,
  target: name(target),
  atMs: noonMs,
});
const states = () => store.messages().map((message) => message.delivery);

test('delivery only grows', () => {
  store.take(own('1', 'a'));
  const seen = (['delivered', 'sent', 'read', 'delivered', 'failed', 'waiting'] as const).map((state) => {
    store.take(delivery('1', state));
    return states()[0];
  });
  expect(seen).toEqual(['delivered', 'delivered', 'read', 'read', 'read', 'read']);
});

test('a bounce after "sent" is shown with its reason; the list shows it too', () => {
  store.take(own('1', 'a'), delivery('1', 'failed'));
  expect(store.messages()[0]).toMatchObject({ delivery: 'failed', fault: { code: 'rejected' } });
  expect(store.row().lastDelivery).toBe('failed');
});

test('delivery of a message of somebody else is nonsense', () => {
  store.take(live('1', 'a'), delivery('1', 'read'));
  expect(states()).toEqual([null]);
});

describe('receipts', () => {
  beforeEach(() => {
    store.take(own('1', 'a', { sentAtMs: noonMs - 3 }), own('2', 'b', { sentAtMs: noonMs - 2 }), own('3', 'c', { sentAtMs: noonMs - 1 }));
  });

  test('up to: earlier ones too, later ones not', () => {
    store.take(receipt('2', 'read', 'upTo'));
    expect(states()).toEqual(['read', 'read', 'sent']);
  });

  test('of one message: only that one', () => {
    store.take(receipt('2', 'delivered', 'message'));
    expect(states()).toEqual(['sent', 'delivered', 'sent']);
  });

  test('"delivered" after "read" takes nothing back', () => {
    store.take(receipt('3', 'read', 'upTo'), receipt('3', 'delivered', 'upTo'), receipt('3', 'delivered', 'message'));
    expect(states()).toEqual(['read', 'read', 'read']);
  });

  test('our own receipt says nothing', () => {
    store.take(receipt('3', 'read', 'upTo', me));
    expect(states()).toEqual(['sent', 'sent', 'sent']);
  });

  test('a message that waits is not read by an earlier receipt', () => {
    store.take(own('4', 'd', { sentAtMs: noonMs - 4, delivery: 'waiting' }), receipt('3', 'read', 'upTo', juri));
    expect(states()).toEqual(['waiting', 'read', 'read', 'read']);
  });
});

test('every step of the table', () => {
  const allowed: [DeliveryState, DeliveryState][] = [
    ['waiting', 'sending'], ['waiting', 'failed'], ['sending', 'sent'], ['sending', 'failed'], ['sent', 'delivered'],
    ['sent', 'read'], ['sent', 'failed'], ['delivered', 'read'], ['failed', 'waiting'], ['failed', 'sent'],
  ];
  const refused: [DeliveryState, DeliveryState][] = [
    ['sent', 'waiting'], ['delivered', 'failed'], ['read', 'failed'], ['read', 'delivered'], ['failed', 'failed'],
    ['sent', 'sent'], ['sent', 'constructor' as DeliveryState],
  ];
  expect(allowed.filter(([from, to]) => !isForward(from, to))).toEqual([]);
  expect(refused.filter(([from, to]) => isForward(from, to))).toEqual([]);
});
