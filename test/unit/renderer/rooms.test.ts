import { describe, expect, it } from 'vitest';
import { byActivity } from '../../../renderer/features/inbox/conversation-order.ts';
import { groupMembers } from '../../../renderer/features/rooms/member-order.ts';
import { refusalKey, splitAddresses } from '../../../renderer/features/rooms/room-text.ts';
import type { RoomMemberRow } from '../../../renderer/rpc/index.ts';
import { makeConversations } from '../../kit/fake-engine/fake-data.ts';

const member = (name: string, more: Partial<RoomMemberRow> = {}): RoomMemberRow => ({
  id: null,
  address: `${name.toLowerCase()}@a.example`,
  name,
  rank: 'none',
  hasVoice: true,
  isModerator: false,
  isPresent: true,
  isSelf: false,
  titles: [],
  reason: null,
  ...more,
});

describe('the people of a room', () => {
  const people = [
    member('Zoë'),
    member('Ana', { rank: 'member', isPresent: false }),
    member('Olga', { rank: 'owner' }),
    member('Ben'),
    member('Spam', { rank: 'banned', isPresent: false }),
  ];
  const names = (text: string) => Object.values(groupMembers(people, text)).map((group: readonly RoomMemberRow[]) => group.map(({ name }) => name));

  it('stand in groups, those with a say first', () => {
    expect(names('')).toEqual([['Olga', 'Ben', 'Zoë'], ['Ana'], ['Spam']]);
  });

  it('are found by name or address, accents or not', () => {
    expect(names('zoe')).toEqual([['Zoë'], [], []]);
    expect(names('spam@')).toEqual([[], [], ['Spam']]);
  });
});

it('a refusal with a reason of its own has a sentence of its own', () => {
  const refused = (detail?: string) => refusalKey({ code: 'forbidden', message: '', isRetryable: false, ...(detail === undefined ? {} : { detail }) });
  expect(refused('password-required')).toBe('rooms.passwordAsked');
  expect([refused('constructor'), refused(), refusalKey(null)]).toEqual([null, null, null]);
});

it('addresses are read as people write them, each once', () => {
  expect(splitAddresses(' a@x,b@y;  a@x\nc@z ')).toEqual(['a@x', 'b@y', 'c@z']);
  expect(splitAddresses('')).toEqual([]);
});

it('a pinned conversation stands above newer ones', () => {
  const [first, second, third] = makeConversations(3, 0);
  if (!first || !second || !third) throw new Error('no rows');
  const rows = [{ ...first, activeAtMs: 3 }, { ...second, activeAtMs: 2 }, { ...third, activeAtMs: 1, isPinned: true }];
  expect(rows.sort(byActivity).map(({ activeAtMs }) => activeAtMs)).toEqual([1, 3, 2]);
});
