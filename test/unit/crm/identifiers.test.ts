import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../../electron/engine/crm/connector.ts';
import { phoneOfChannel, phonesOfRecord, verifiedIdentifiers } from '../../../electron/engine/crm/core/identifiers.ts';
import { matchCandidate } from '../../../electron/engine/crm/core/match-candidate.ts';

describe('telephone numbers (T13)', () => {
  it.each(['+49 151 2345 6701', '+49(0)151 23456701', '+49-151-2345-6701', '0049 151 23456701', '+４９ 151 23456701'])(
    'of a record are read whatever their form: %s',
    (typed) => {
      expect(phonesOfRecord(typed, null)).toEqual(['+4915123456701']);
    },
  );

  it('of a channel are never read with a region', () => {
    expect(phoneOfChannel('4915123456705')).toBeNull();
    expect(phoneOfChannel('+4915123456705')).toBe('+4915123456705');
    expect(phoneOfChannel('4915123456705@s.whatsapp.net')).toBeNull();
    expect(phoneOfChannel('+123456789012345@lid')).toBeNull();
    expect(phoneOfChannel('123456789012345@lid')).toBeNull();
  });

  it('of a record without country code mean nothing without a region', () => {
    expect(phonesOfRecord('0151 23456701', null)).toEqual([]);
    expect(phonesOfRecord('0151 23456701', 'DE')).toEqual(['+4915123456701']);
  });
});

describe('identifiers', () => {
  it('keep their kind: a JID that looks like a mail address is a handle', () => {
    expect(verifiedIdentifiers([{ kind: 'handle', value: 'Marta@Levante.example' }])).toEqual([
      { kind: 'handle', value: 'marta@levante.example' },
    ]);
    expect(verifiedIdentifiers([{ kind: 'phone', value: '600123456' }, { kind: 'email', value: 'not an address' }])).toEqual([]);
  });
});

describe('a candidate', () => {
  const candidate = (title: string, ...identifiers: Candidate['identifiers']): Candidate => ({
    ref: { role: 'contact', kind: 'party', id: '1' },
    title,
    subtitle: '',
    identifiers,
  });
  const query = {
    name: 'Marta Ruiz',
    identifiers: [
      { kind: 'phone' as const, value: '+34600123456' },
      { kind: 'handle' as const, value: 'marta@levante.example' },
    ],
  };

  it('is sure with the same whole number', () => {
    const match = matchCandidate(candidate('Hidráulica Levante', { kind: 'phone', value: '+34 600 12 34 56' }), query, null);
    expect(match).toMatchObject({ reason: 'same-phone', value: '+34600123456', isVerified: true });
  });

  it('is found among the numbers of a record, of which a flood is not read to its end', () => {
    const has = { kind: 'phone', value: '+34 600 12 34 56' } as const;
    const others = (count: number) => Array.from({ length: count }, () => ({ kind: 'phone', value: '+33 6 00 12 34 56' }) as const);
    expect(matchCandidate({ ...candidate('Levante'), identifiers: [...others(100), has] }, query, null)).toMatchObject({ reason: 'same-phone' });
    expect(matchCandidate({ ...candidate('Levante'), identifiers: [...others(1_000), has] }, query, null)).toBeNull();
  });

  it('is a stranger with the same last seven digits', () => {
    expect(matchCandidate(candidate('Other', { kind: 'phone', value: '+33 6 00 12 34 56' }), query, null)).toBeNull();
    expect(matchCandidate(candidate('Other', { kind: 'phone', value: '+34 911 123 456' }), query, null)).toBeNull();
  });

  it('is a stranger when the server ignored the filter (T14)', () => {
    expect(matchCandidate(candidate('Nobody'), query, null)).toBeNull();
    expect(matchCandidate(candidate('root', { kind: 'email', value: 'root@localhost' }), query, null)).toBeNull();
  });

  it('is never sure by a handle that equals a mail address, nor by its name', () => {
    expect(matchCandidate(candidate('M. Ruiz', { kind: 'email', value: 'marta@levante.example' }), query, null)).toMatchObject({
      reason: 'same-handle',
      isVerified: false,
    });
    expect(matchCandidate(candidate('Marta Ruiz Soler'), query, null)).toMatchObject({ reason: 'name-only', isVerified: false });
    expect(matchCandidate(candidate('MARTA  RUÍZ'), query, null)).toMatchObject({ reason: 'name-only' });
    expect(matchCandidate(candidate('Marta'), query, null)).toBeNull();
  });
});
