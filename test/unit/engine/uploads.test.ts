// needs: nothing
import { expect, it } from 'vitest';
import type { SendControl } from '#bridge';
import type { ConversationId, MessageId, RpcEvents } from '#rpc';
import { createUploads } from '../../../electron/engine/outbox/uploads.ts';

const id = 7 as MessageId;
const conversationId = 1 as ConversationId;

it('tells progress now and then, and always the end', () => {
  let nowMs = 0;
  const told: RpcEvents['uploads.changed'][] = [];
  const uploads = createUploads({ onProgress: (progress) => told.push(progress), now: () => nowMs });
  const { control } = uploads.start(id, conversationId);
  for (let sent = 1; sent <= 10; sent += 1) {
    nowMs += 30;
    control.onProgress?.(sent, 10);
  }
  expect(told.map(({ sentBytes }) => sentBytes)).toEqual([1, 5, 9, 10]);
  expect(told[0]).toEqual({ conversationId, messageId: id, sentBytes: 1, totalBytes: 10 });
});

it('breaks off what runs and nothing else', () => {
  const uploads = createUploads({ onProgress: () => undefined, now: () => 0 });
  expect(uploads.cancel(id)).toBe(false);
  const first = uploads.start(id, conversationId);
  expect(uploads.cancel(id)).toBe(true);
  expect(first.control.signal?.aborted).toBe(true);
  first.done();
  expect(uploads.cancel(id)).toBe(false);
});

it('a second try is not ended by the end of the first', () => {
  const uploads = createUploads({ onProgress: () => undefined, now: () => 0 });
  const first = uploads.start(id, conversationId);
  const second: { control: SendControl } = uploads.start(id, conversationId);
  first.done();
  expect(uploads.cancel(id)).toBe(true);
  expect(second.control.signal?.aborted).toBe(true);
});
