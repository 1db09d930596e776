import { afterEach, describe, expect, it } from 'vitest';
import type { PersonIdentifier } from '#model';
import { differencesOf } from '../../../electron/engine/crm/core/record-differences.ts';
import type { Candidate } from '../../../electron/engine/crm/connector.ts';
import { openPushWorld } from '../../integration/crm/support/push-world.ts';
import type { PushWorld } from '../../integration/crm/support/push-world.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { createMemoryCrm } from './memory-crm.ts';

const phone = (value: string): PersonIdentifier => ({ kind: 'phone', value });
const email = (value: string): PersonIdentifier => ({ kind: 'email', value });
const record = (title: string, identifiers: readonly PersonIdentifier[] = [], role: 'contact' | 'container' = 'contact'): Candidate => ({
  ref: { role, kind: 'party', id: '1', title },
  title,
  subtitle: '',
  identifiers,
});
const here = { name: 'Marta', identifiers: [phone('+34600123456'), email('marta@levante.example')] };

describe('what a record says otherwise (T17)', () => {
  it('is its name, number and address, where none of them is the one of the chat', () => {
    const there = record('Marta Ruiz Gómez', [phone('+34 911 222 333'), phone('+34 911 222 334'), email('M.Ruiz@Levante.example')]);
    expect(differencesOf(there, here)).toEqual([
      { field: 'name', there: 'Marta Ruiz Gómez', here: 'Marta' },
      { field: 'phone', there: '+34 911 222 333, +34 911 222 334', here: '+34600123456' },
      { field: 'email', there: 'M.Ruiz@Levante.example', here: 'marta@levante.example' },
    ]);
  });

  it('is nothing where it is only spelled otherwise, has more, or one side has nothing', () => {
    expect(differencesOf(record('  MARTA ', [phone('0034 600-123-456'), email('Marta@Levante.Example')]), here)).toEqual([]);
    expect(differencesOf(record('Marta', [phone('+34 911 222 333'), phone('+34600123456')]), here)).toEqual([]);
    expect(differencesOf(record(''), here)).toEqual([]);
    expect(differencesOf(record('Marta', [phone('+34911222333')]), { name: ' ', identifiers: [] })).toEqual([]);
  });

  it('is no number that may be the same without its country, but one that ends alike with another country', () => {
    expect(differencesOf(record('Marta', [phone('600 123 456')]), here)).toEqual([]);
    expect(differencesOf(record('Marta', [phone('(0)600 123 456')]), here)).toEqual([]);
    expect(differencesOf(record('Marta', [phone('456')]), here)).toMatchObject([{ field: 'phone', there: '456' }]);
    expect(differencesOf(record('Marta', [phone('+33 600 123 456')]), here)).toMatchObject([{ field: 'phone', there: '+33 600 123 456' }]);
  });

  it('is no subject of a ticket, and of hostile values a few, on one line', () => {
    expect(differencesOf(record('Presupuesto', [], 'container'), here)).toEqual([]);
    const many = Array.from({ length: 500 }, (_, index) => phone(`+34911${index}`));
    const [name, number] = differencesOf(record(`Eve\u202e\n${'x'.repeat(5_000)}`, many), here);
    expect(name?.there).toMatch(/^Eve⟦U\+202E⟧ x+…$/u);
    expect(name?.there).toHaveLength(120);
    expect(number?.there).toBe('+349110, +349111, +349112');
  });
});

describe('a plan', () => {
  const open: PushWorld[] = [];
  afterEach(async () => {
    for (const world of open.splice(0)) await world.stop();
  });

  it('tells each record’s own, of a linked one too, asks nothing more for it and leaves all as it is (T17)', async () => {
    const crm = createMemoryCrm();
    const world = openPushWorld({ profileDir: tempFolder('differences'), connectors: [crm.connector] });
    open.push(world);
    const connectionId = await world.connect('memory', { password: 'secret' });
    const conversationId = world.addConversation({ name: 'Marta', identifiers: here.identifiers });
    world.addMessage(conversationId, { text: 'hola' });
    const other: Candidate = { ...record('Marta', [phone('+34600123456')]), ref: { role: 'contact', kind: 'party', id: '2' } };
    crm.candidates = [record('Marta Ruiz Gómez', [phone('+34600123456'), email('ruiz@levante.example')]), other];
    const told = async () => (await world.crm.plan({ conversationId, connectionId })).options.map(({ key, differences }) => [key, differences?.map(({ field }) => field)]);
    expect(await told()).toEqual([['use:party:1', ['name', 'email']], ['use:party:2', undefined], ['create', undefined]]);
    expect(crm.calls).toEqual(['findTargets']);

    await world.pushAll(conversationId, connectionId, 'use:party:1');
    world.addMessage(conversationId, { text: 'otra' });
    expect((await told())[0]).toEqual(['use:party:1', ['name', 'email']]);
    // What it was called when it was linked is no news of today.
    crm.candidates = [];
    expect(await told()).toEqual([['use:party:1', undefined], ['create', undefined]]);
    expect(crm.contacts).toEqual([]);
  });
});
