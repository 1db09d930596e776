import { describe, expect, it } from 'vitest';
import { chooseTarget } from '../../../electron/engine/crm/core/choose-target.ts';
import type { TargetFacts } from '../../../electron/engine/crm/core/choose-target.ts';
import type { Match } from '../../../electron/engine/crm/core/match-candidate.ts';

const match = (id: string, reason: Match['reason'] = 'same-phone'): Match => ({
  candidate: { ref: { role: 'contact', kind: 'party', id }, title: `Party ${id}`, subtitle: '', identifiers: [] },
  reason,
  value: 'x',
  isVerified: reason === 'same-phone' || reason === 'same-email',
});
const facts = (patch: Partial<TargetFacts>): TargetFacts => ({
  linked: null,
  matches: [],
  rejections: new Set(),
  createKind: 'party',
  createTitle: 'Marta',
  link: () => null,
  ...patch,
});
const suggested = (patch: Partial<TargetFacts>): string | null => chooseTarget(facts(patch)).suggestedKey;

describe('the target of a push', () => {
  it('is a new record when nobody was found, and the only sure match when there is one', () => {
    expect(suggested({})).toBe('create');
    expect(suggested({ matches: [match('1')] })).toBe('use:party:1');
    expect(suggested({ matches: [match('1'), match('2', 'name-only')] })).toBe('use:party:1');
  });

  it('is for a person to choose among two, and among unsure ones (T15)', () => {
    expect(suggested({ matches: [match('1'), match('2')] })).toBeNull();
    expect(suggested({ matches: [match('1', 'name-only')] })).toBeNull();
    expect(suggested({ matches: [match('1', 'same-handle')] })).toBeNull();
  });

  it('is the linked record whatever else matches', () => {
    const linked = { ref: { role: 'contact' as const, kind: 'party', id: '7' }, title: 'Marta' };
    const { options, suggestedKey } = chooseTarget(facts({ linked, matches: [match('1'), match('7')] }));
    expect(suggestedKey).toBe('use:party:7');
    expect(options.map(({ key }) => key)).toEqual(['use:party:7', 'use:party:1', 'create']);
  });

  it('is kept in a plan with no more of a flood than somebody looks through, the sure ones among it', () => {
    const long = 'x'.repeat(1_000_000);
    const flood = Array.from({ length: 5_000 }, (_, index) => match(String(index), 'name-only'));
    const named = match('5000');
    const sure: Match = { ...named, candidate: { ...named.candidate, ref: { ...named.candidate.ref, title: long }, title: long, subtitle: long } };
    const { options, suggestedKey } = chooseTarget(facts({ matches: [...flood, sure] }));
    expect(suggestedKey).toBe('use:party:5000');
    expect(options.map(({ key }) => key)).toEqual(expect.arrayContaining(['use:party:5000', 'create']));
    expect(JSON.stringify(options).length).toBeLessThan(20_000);
  });

  it('is never a record that was rejected before; it is still shown', () => {
    const { options, suggestedKey } = chooseTarget(facts({ matches: [match('1'), match('2')], rejections: new Set(['party 1']) }));
    expect(suggestedKey).toBe('use:party:2');
    expect(options).toHaveLength(3);
    expect(suggested({ matches: [match('1')], rejections: new Set(['party 1']) })).toBe('create');
  });
});
