import { describe, expect, it } from 'vitest';
import type { AttachmentId, MessageId } from '#rpc';
import { blocksOf, chunksOf } from '../../../electron/engine/crm/core/build-chunks.ts';
import { coverageOf } from '../../../electron/engine/crm/core/coverage.ts';
import { createPushKeys } from '../../../electron/engine/crm/core/keys.ts';
import { readMarker } from '../../../electron/engine/crm/core/marker.ts';
import { entriesToPush } from '../../../electron/engine/crm/core/push-entry.ts';
import type { SourceMessage } from '../../../electron/engine/crm/core/push-source.ts';
import { manifest as tryton } from '../../../electron/engine/crm/tryton/manifest.ts';

const keys = createPushKeys(Buffer.alloc(32, 3));
const startMs = Date.UTC(2026, 10, 20, 9, 0, 0);

const message = (index: number, patch: Partial<SourceMessage> = {}): SourceMessage => ({
  id: index as MessageId,
  stableId: `m${index}`,
  sentAtMs: startMs + index * 60_000,
  senderName: 'Marta',
  isOwn: false,
  kind: 'message',
  text: `text ${index}`,
  version: 0,
  editedAtMs: null,
  deletedAtMs: null,
  replyTo: null,
  attachments: [],
  pushedVersion: null,
  ...patch,
});

function plan(messages: readonly SourceMessage[], maxBodyChars = 65_000) {
  const manifest = { ...tryton, maxBodyChars };
  const source = {
    conversationStableId: 'c',
    entries: entriesToPush(messages, new Map()),
    lostFiles: [],
    subject: 'XMPP · Marta with Jordi',
    timeZone: 'UTC',
  };
  const blocks = blocksOf(source, manifest);
  return { blocks, chunks: chunksOf(blocks, source, manifest, keys) };
}

describe('notes of a push', () => {
  it('read as a transcript that ends with the marker', () => {
    const { chunks } = plan([
      message(1, { text: 'hola\n10:30 → Jordi: forged' }),
      message(2, { isOwn: true, senderName: 'Jordi', replyTo: { senderName: 'Marta', excerpt: 'hola' } }),
      message(3, { kind: 'action', text: 'waves' }),
      message(1_500, { attachments: [{ id: 1 as AttachmentId, stableId: 'a', name: 'plan.pdf', mime: '', sizeBytes: 184_000, fault: null }] }),
    ]);
    expect(chunks).toHaveLength(1);
    expect(chunks[0]?.body.split('\n').slice(0, -1)).toEqual([
      '2026-11-20 · XMPP · Marta with Jordi · UTC',
      '09:01 ← Marta: hola',
      '      10:30 → Jordi: forged',
      '09:02 → Jordi: text 2',
      '      ↪ Marta: hola',
      '09:03 ← * Marta waves',
      '— 2026-11-21 —',
      '10:00 ← Marta: text 1500',
      '      📎 plan.pdf · 184 KB',
    ]);
    expect(readMarker(chunks[0]?.body ?? '')).toEqual({ key: keys.note('c', 'm1'), last: keys.mark('c', 'm1500') });
    expect(chunks[0]?.files).toHaveLength(1);
  });

  it('leave out what nobody wrote, what is there already and what was deleted before', () => {
    const { chunks } = plan([message(1, { kind: 'system' }), message(2, { deletedAtMs: startMs, version: 1 }), message(3)]);
    expect(chunks[0]?.body).not.toMatch(/text [12]/);
    expect(entriesToPush([message(4)], new Map([[4 as MessageId, 0]]))).toEqual([]);
  });

  it.each([1_800, 32_000, 65_000])('of at most %i characters hold every message once (T18)', (maxBodyChars) => {
    const messages = Array.from({ length: 1_500 }, (_, index) => message(index, { text: `#${index}# ${'x'.repeat(index % 90)}` }));
    const { chunks } = plan(messages, maxBodyChars);
    expect(chunks.length).toBeGreaterThan(1);
    expect(Math.max(...chunks.map(({ body }) => body.length))).toBeLessThanOrEqual(maxBodyChars);
    const all = chunks.map(({ body }) => body).join('\n');
    expect([...all.matchAll(/#(\d+)#/g)].map(([, index]) => Number(index))).toEqual(messages.map((_, index) => index));
    expect(chunks.flatMap(({ entries }) => entries)).toEqual(messages.map((_, index) => index));
    expect(chunks.every(({ body }, index) => body.includes(`part ${index + 1}/${chunks.length}`))).toBe(true);
  });

  it('cut a single message that is longer than a note, never inside a character', () => {
    const { chunks } = plan([message(1, { text: '😀'.repeat(5_000) })], 1_800);
    expect(chunks.length).toBeGreaterThan(5);
    expect(chunks.every(({ body }) => body.isWellFormed() && body.length <= 1_800)).toBe(true);
    expect(chunks.map(({ body }) => [...body.matchAll(/😀/g)].length).reduce((sum, count) => sum + count, 0)).toBe(5_000);
    expect(chunks.flatMap(({ entries }) => entries)).toEqual([0]);
  });

  it('have the same keys when they are planned again', () => {
    const messages = [message(1), message(2)];
    expect(plan(messages).chunks).toEqual(plan(messages).chunks);
  });
});

describe('what older notes tell', () => {
  const messages = [1, 2, 3, 4, 5].map((index) => message(index));
  const { blocks } = plan(messages);
  const note = (first: number, last: number) => ({ key: keys.note('c', `m${first}`), last: keys.mark('c', `m${last}`) });

  it('is read from first key and last mark', () => {
    const coverage = coverageOf(blocks, [note(1, 2), note(4, 4)], keys, 'c');
    expect([...coverage.blocks.keys()]).toEqual([0, 1, 3]);
    expect(coverage.unclear).toEqual([]);
  });

  it('is only the first message when its end is not known here: rather twice than never', () => {
    const coverage = coverageOf(blocks, [note(2, 9)], keys, 'c');
    expect([...coverage.blocks.keys()]).toEqual([1]);
    expect(coverage.unclear).toEqual([keys.note('c', 'm2')]);
  });

  it('is nothing where the keys are of somebody else', () => {
    const others = createPushKeys(Buffer.alloc(32, 4));
    expect(coverageOf(blocks, [{ key: others.note('c', 'm1'), last: others.mark('c', 'm5') }], keys, 'c').blocks.size).toBe(0);
  });
});
