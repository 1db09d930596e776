import { expect, it } from 'vitest';
import type { RecordFacts } from '#rpc';
import { boundFacts } from '../../../electron/engine/crm/core/bound-facts.ts';

it('keeps what a record usually says as it is', () => {
  const facts: RecordFacts = {
    name: 'Marta Ruiz',
    stage: 'Proposal',
    owner: 'Jordi',
    status: 'open',
    priority: 'high',
    openTickets: [{ title: 'Boiler', status: 'new', url: 'https://crm.example/1' }, { title: 'Roof', status: 'new', url: null }],
    statusChoices: ['closed'],
    priorityChoices: ['low', 'normal'],
  };
  expect(boundFacts(facts)).toEqual(facts);
  expect(boundFacts({ name: '' })).toEqual({ name: '' });
});

it('takes no more of a flood than can be looked at, and offers no choice that the other side would not know', () => {
  const long = 'x'.repeat(1_000_000);
  const tickets = Array.from({ length: 50_000 }, () => ({ title: long, status: long, url: `https://crm.example/${long}` }));
  const choices = [long, ...Array.from({ length: 50_000 }, (_, index) => `choice ${String(index)}`)];
  const facts = boundFacts({ name: long, stage: long, owner: long, status: long, priority: long, openTickets: tickets, statusChoices: choices, priorityChoices: choices });
  expect(JSON.stringify(facts).length).toBeLessThan(40_000);
  expect(facts.openTickets?.[0]?.url).toBeNull();
  expect([facts.statusChoices?.[0], facts.priorityChoices?.[0]]).toEqual(['choice 0', 'choice 0']);
});
