import { describe, expect, it } from 'vitest';
import type { RecordFacts } from '#rpc';
import type { Connector } from '../../electron/engine/crm/connector.ts';
import type { PushWorld } from '../integration/crm/support/push-world.ts';

/** What a connector reads back of the record that a push went to. */
export interface RecordSuite {
  readonly kind: string;
  /** Further fields of the connection, where the record is another kind than the suite writes to. */
  readonly values?: Readonly<Record<string, string>> | undefined;
  /** What it says after the first push, and all it says. */
  readonly facts: (customerName: string) => RecordFacts;
  /** What is set from the chat, and how the server has it then. */
  readonly changes?: readonly RecordChange[] | undefined;
  /** Makes something below the record or changes it, as people there do; what it says then. */
  readonly later?: ((customerName: string) => object) | undefined;
}

export interface RecordChange {
  readonly field: 'status' | 'priority';
  readonly value: string;
  readonly stored: string;
}

/** The record of a customer on the server itself, past the connector. */
export interface RecordThere {
  readonly stored?: ((customerName: string, field: 'status' | 'priority') => Promise<string>) | undefined;
  /** For {@link RecordSuite.later}. */
  readonly work?: ((customerName: string) => Promise<void>) | undefined;
  readonly remove: (customerName: string) => Promise<void>;
}

export interface RecordTools {
  /** Known when tests run. */
  readonly connector: () => Connector;
  readonly connected: (values: Readonly<Record<string, string>>) => Promise<{ readonly world: PushWorld; readonly connection: Parameters<PushWorld['crm']['probe']>[0]['id'] }>;
  readonly customer: () => { name: string; handle: string };
  readonly there: (kind: string) => RecordThere;
}

/** What every connector that reads records back has to keep. */
export function describeRecordFacts(suites: readonly RecordSuite[] | 'proven-apart', tools: RecordTools): void {
  it('reads a record back, and sets what stands there, only where that was proven', () => {
    const { readRecord, changeRecord } = tools.connector();
    if (suites === 'proven-apart') return expect(readRecord).toBeDefined();
    const isChanged = suites.some(({ changes = [] }) => changes.length > 0);
    expect([readRecord !== undefined, changeRecord !== undefined]).toEqual([suites.length > 0, isChanged]);
  });
  if (suites !== 'proven-apart') for (const suite of suites) describe(suite.kind, () => describeOne(suite, tools));
}

function describeOne(suite: RecordSuite, { customer, connected, there: thereOf }: RecordTools): void {
  const there = () => thereOf(suite.kind);
  const pushed = async () => {
    const { world, connection: connectionId } = await connected(suite.values ?? {});
    const who = customer();
    const conversationId = world.addConversation(who);
    world.addMessage(conversationId, { text: 'hola' });
    const record = () => world.crm.followUp.record({ conversationId, connectionId });
    expect(await record()).toBeNull();
    await world.pushAll(conversationId, connectionId, 'create');
    const set = (field: 'status' | 'priority', value: string) => world.crm.followUp.changeRecord({ conversationId, connectionId, field, value });
    const changes = () => world.crm.auditOf(conversationId).filter(({ action }) => action === 'changed').map(({ detail }) => detail);
    return { who, record, set, changes };
  };

  it('says what the record says of itself, and nothing once it is gone', async () => {
    const { who, record } = await pushed();
    expect(await record()).toEqual(suite.facts(who.name));
    if (suite.later !== undefined) {
      await there().work?.(who.name);
      expect(await record()).toMatchObject(suite.later(who.name));
    }
    await there().remove(who.name);
    expect(await record()).toBeNull();
  });

  const { changes: wanted = [] } = suite;
  if (wanted.length === 0) return;
  it('sets what the record offers, and nothing else', async () => {
    const { who, record, set, changes } = await pushed();
    for (const { field, value, stored } of wanted) {
      const facts = await record();
      expect(field === 'status' ? facts?.statusChoices : facts?.priorityChoices).toContain(value);
      expect(await set(field, value)).toMatchObject({ [field]: value });
      expect(await there().stored?.(who.name, field)).toBe(stored);
      const after = await record();
      expect(field === 'status' ? after?.statusChoices : after?.priorityChoices).not.toContain(value);
    }
    expect(changes()).toEqual(wanted.map(({ field }) => field));
    for (const field of new Set(wanted.map((one) => one.field))) {
      await expect(set(field, 'no such choice')).rejects.toMatchObject({ rpcError: { code: 'not-possible' } });
    }
  });
}
