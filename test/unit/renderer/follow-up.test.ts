import { expect, it } from 'vitest';
import { minuteOf, timeOf } from '../../../renderer/features/crm/evening-time.ts';
import { barsOf, lostCsv } from '../../../renderer/features/crm/lost-data.ts';
import { filterOf, isUndecided, reasonOf } from '../../../renderer/features/crm/queue-filter.ts';
import type { LostRow } from '#rpc';
import { makePush } from '../../kit/fake-engine/fake-crm.ts';

const row = (person: string, network: string, messageCount: number, title = person): LostRow =>
  ({ conversationId: 1 as never, person, title, network, messageCount, oldestAtMs: Date.UTC(2026, 10, 20) });

it('adds up by person and network, most first', () => {
  const rows = [row('Marta', 'xmpp', 2), row('Kalev', 'whatsapp', 10), row('Marta', 'whatsapp', 3)];
  expect(barsOf(rows, ({ person }) => person)).toEqual([{ name: 'Kalev', messageCount: 10, share: 1 }, { name: 'Marta', messageCount: 5, share: 0.5 }]);
  expect(barsOf(rows, ({ network }) => network).map(({ name, messageCount }) => [name, messageCount])).toEqual([['whatsapp', 13], ['xmpp', 2]]);
  expect(barsOf([], ({ person }) => person)).toEqual([]);
});

it('the file quotes what needs it, and a name is no formula', () => {
  expect(lostCsv(['a', 'b', 'c', 'd', 'e'], [row('=HYPERLINK("x")', 'xmpp', 1, 'Ruiz, "M"'), row('@sum', 'xmpp', 1, ' -1+2')])).toBe(
    `a,b,c,d,e\r\n"'=HYPERLINK(""x"")","Ruiz, ""M""",xmpp,1,2026-11-20T00:00:00.000Z\r\n'@sum,' -1+2,xmpp,1,2026-11-20T00:00:00.000Z\r\n`,
  );
});

it('sorts pushes into what a person looks for, with the reason', () => {
  const states = ['undoable', 'waiting', 'sending', 'needs-you', 'done', 'cancelled'] as const;
  expect(states.map((state) => filterOf(makePush(1, state)))).toEqual(['waiting', 'waiting', 'sending', 'needs-you', 'done', 'done']);
  expect(states.map((state) => reasonOf(makePush(1, state)))).toEqual(['followUp.reasonUndoable', 'followUp.reasonTurn', null, null, null, null]);
  expect([makePush(1, 'needs-you'), { ...makePush(1, 'needs-you'), fault: { code: 'needs-decision' } }].map(isUndecided)).toEqual([false, true]);
});

it('reads times of day and writes them', () => {
  expect([0, 545, 1439].map(timeOf)).toEqual(['00:00', '09:05', '23:59']);
  expect(['00:00', '09:05', '23:59', '24:00', 'x', ''].map(minuteOf)).toEqual([0, 545, 1439, null, null, null]);
});
