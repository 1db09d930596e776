import { describe, expect, it } from 'vitest';
import { toTimelineItems } from '../../../renderer/features/conversation/timeline-items.ts';
import { appendPage, emptyWindow, largestWindow, patchPictures, patchRows, prependPage } from '../../../renderer/features/conversation/timeline-window.ts';
import { byActivity, mergeRows, stepFrom } from '../../../renderer/features/inbox/conversation-order.ts';
import type { MessageRow } from '../../../renderer/rpc/index.ts';
import { makeConversations, makeMessages } from '../../kit/fake-engine/fake-data.ts';

const nowMs = new Date(2026, 10, 22, 12).getTime();
const [conversation] = makeConversations(1, nowMs).map((row) => ({ ...row, id: 2 as typeof row.id }));
const rows = makeMessages(conversation!, 400, nowMs);
const with_ = (row: MessageRow, patch: Partial<MessageRow>): MessageRow => ({ ...row, ...patch });

describe('the window of a timeline', () => {
  it('grows at its start without doubling a row', () => {
    const window = { rows: rows.slice(100, 150), hasOlder: true, hasNewer: false };
    const longer = prependPage(window, rows.slice(60, 105), true);
    expect(longer.rows).toEqual(rows.slice(60, 150));
    expect(longer).toMatchObject({ hasOlder: true, hasNewer: false });
  });

  it('stays bounded, and remembers that something was cut off', () => {
    const full = { rows: rows.slice(50, 350), hasOlder: true, hasNewer: false };
    const older = prependPage(full, rows.slice(0, 50), false);
    expect(older.rows).toHaveLength(largestWindow);
    expect(older.rows[0]).toBe(rows[0]);
    expect(older).toMatchObject({ hasOlder: false, hasNewer: true });
    const newer = appendPage(full, rows.slice(350), false);
    expect(newer.rows.at(-1)).toBe(rows.at(-1));
    expect(newer).toMatchObject({ hasOlder: true, hasNewer: false });
  });

  it('swaps what changed and keeps the identity of the rest', () => {
    const window = { ...emptyWindow, rows: rows.slice(0, 3) };
    const changed = with_(rows[1]!, { text: 'new' });
    const patched = patchRows(window, [changed], [rows[2]!.id]);
    expect(patched.rows).toEqual([rows[0], changed]);
    expect(patched.rows[0]).toBe(rows[0]);
  });

  it('takes new pictures of senders, and touches no other row', () => {
    const window = { ...emptyWindow, rows: [with_(rows[0]!, { senderAvatarId: 3 }), rows[1]!, rows[2]!] };
    const fresh = [with_(rows[0]!, { senderAvatarId: null }), with_(rows[1]!, { senderAvatarId: 4, text: 'read a moment later' })];
    const patched = patchPictures(window, fresh);
    expect(patched.rows).toEqual([{ ...rows[0]!, senderAvatarId: null }, { ...rows[1]!, senderAvatarId: 4 }, rows[2]]);
    expect(patched.rows[2]).toBe(rows[2]);
    expect(patchPictures(patched, patched.rows)).toBe(patched);
  });
});

describe('what stands around a message', () => {
  const at = (hour: number, patch: Partial<MessageRow> = {}, day = 22): MessageRow =>
    with_(rows[0]!, { id: (day * 100 + hour) as MessageRow['id'], isOwn: false, kind: 'message', senderName: 'Marta', sentAtMs: new Date(2026, 10, day, hour).getTime(), ...patch });

  it('begins a day where the date changes', () => {
    const items = toTimelineItems([at(22, {}, 21), at(23, {}, 21), at(1)], { hasOlder: false, readUpToId: null });
    expect(items.map((item) => item.startsDay)).toEqual([true, false, true]);
  });

  it('says nothing above the first row while older ones are unknown', () => {
    const [first] = toTimelineItems([at(9)], { hasOlder: true, readUpToId: null });
    expect(first).toMatchObject({ startsDay: false, startsRun: false, showsSender: false });
  });

  it('draws the line of new messages once, and not above our own', () => {
    const list = [at(8), at(9), at(10), at(11)];
    const items = toTimelineItems(list, { hasOlder: false, readUpToId: list[1]!.id });
    expect(items.map((item) => item.startsNew)).toEqual([false, false, true, false]);
    const own = toTimelineItems([list[0]!, with_(list[1]!, { isOwn: true })], { hasOlder: false, readUpToId: list[0]!.id });
    expect(own.some((item) => item.startsNew)).toBe(false);
  });

  it('names the sender when another one speaks', () => {
    const items = toTimelineItems([at(8), at(9), at(10, { senderName: 'Ana' }), at(11, { isOwn: true })], { hasOlder: false, readUpToId: null });
    expect(items.map((item) => item.showsSender)).toEqual([true, false, true, false]);
  });
});

describe('the list of conversations', () => {
  const list = makeConversations(6, nowMs);

  it('moves a row with news to the top and keeps the order of the rest', () => {
    const fresh = { ...list[4]!, activeAtMs: nowMs + 1 };
    expect(mergeRows(list, [fresh], null).map((row) => row.id)).toEqual([5, 1, 2, 3, 4, 6]);
  });

  it('leaves rows beyond the loaded end to the next page', () => {
    const beyond = { ...list[5]!, id: 99 as never, activeAtMs: 1 };
    expect(mergeRows(list, [beyond], list.at(-1)!)).toHaveLength(6);
  });

  it('steps along and holds at the ends', () => {
    expect(stepFrom(list, null, 1)?.id).toBe(1);
    expect(stepFrom(list, 1, -1)?.id).toBe(1);
    expect(stepFrom(list, 5, 1)?.id).toBe(6);
    expect(stepFrom([], 1, 1)).toBeNull();
    expect([...list].sort(byActivity)).toEqual(list);
  });
});
