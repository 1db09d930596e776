import { expect, it } from 'vitest';
import type { ConnectionId, PushPreview } from '#rpc';
import type { PushWorld } from '../integration/crm/support/push-world.ts';
import type { Inspection } from './connector.ts';

interface Tools {
  readonly connected: () => Promise<{ readonly world: PushWorld; readonly connection: ConnectionId }>;
  readonly customer: () => { readonly name: string; readonly handle: string };
  readonly inspect: (customerName: string) => Promise<Inspection>;
}

/** For connectors whose record is a person: what a chat knows otherwise is shown, and never written over. */
export function describeRecordDifferences({ connected, customer, inspect }: Tools): void {
  it('shows a name and an address that stand otherwise there, and leaves them as they are (T17)', async () => {
    const { world, connection: connectionId } = await connected();
    const [there, here] = [customer(), customer()];
    const phone = { kind: 'phone' as const, value: `+346${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}` };
    const conversationOf = (who: typeof there) => world.addConversation({ ...who, identifiers: [phone, { kind: 'email', value: who.handle }] });
    const first = conversationOf(there);
    world.addMessage(first, { text: 'hola' });
    await world.pushAll(first, connectionId, 'create');

    // The same number on another network, under another name.
    const second = conversationOf(here);
    world.addMessage(second, { text: 'soy yo' });
    const planned = async (conversationId: typeof first): Promise<PushPreview['options'][number] | undefined> => {
      const { options, fault } = await world.crm.plan({ conversationId, connectionId });
      expect(fault).toBeNull();
      return options.find(({ action }) => action === 'use');
    };
    const option = await planned(second);
    const differences = [
      { field: 'name', there: there.name, here: here.name },
      { field: 'email', there: there.handle, here: here.handle },
    ];
    expect(option?.differences).toEqual(differences);

    await world.pushAll(second, connectionId, option?.key);
    expect((await planned(second))?.differences).toEqual(differences);
    expect((await planned(first))?.differences).toBeUndefined();
    expect((await inspect(here.name)).records).toEqual([]);
  });
}
