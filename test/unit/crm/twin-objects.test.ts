import { afterEach, expect, it } from 'vitest';
import type { Connector, RemoteRef } from '../../../electron/engine/crm/connector.ts';
import { newWorkspaceKey, openPushWorld } from '../../integration/crm/support/push-world.ts';
import type { PushWorld } from '../../integration/crm/support/push-world.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { createMemoryCrm } from './memory-crm.ts';
import type { MemoryCrm } from './memory-crm.ts';

const open: PushWorld[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.stop();
});

/** As a database does it: lowest id first, and anybody's contact can be taken away. */
const likeDatabase = (crm: MemoryCrm, more: Partial<Connector> = {}): Connector => ({
  ...crm.connector,
  findByKey: async (_, __, key) => crm.contacts.filter((one) => one.key === key).map(({ ref }) => ref).sort((a, b) => Number(a.id) - Number(b.id)),
  withdraw: async (context, ref, key) => {
    const index = crm.contacts.findIndex((one) => one.ref.id === ref.id);
    if (index < 0) return crm.connector.withdraw?.(context, ref, key);
    crm.contacts.splice(index, 1);
  },
  ...more,
});

async function device(connector: Connector, workspaceKey: Uint8Array) {
  const world = openPushWorld({ profileDir: tempFolder('twins'), connectors: [connector], workspaceKey });
  open.push(world);
  const connection = await world.connect('memory', { password: 'x' });
  const conversation = world.addConversation({ name: 'Marta Ruiz', handle: 'marta@levante.example' });
  world.addMessage(conversation, { text: 'hola', atMs: Date.UTC(2026, 10, 20) });
  return { world, push: () => world.pushAll(conversation, connection) };
}

it('leaves one contact when the lower number can be seen only after the other device has looked', async () => {
  const crm = createMemoryCrm();
  const workspaceKey = newWorkspaceKey();
  const early = await device(likeDatabase(crm), workspaceKey);
  const late = await device(
    likeDatabase(crm, {
      createContact: async (_, draft, key) => {
        const ref: RemoteRef = { role: 'contact', kind: 'party', id: '7', title: draft.name };
        // Its number is given; before its row can be seen, the other one makes its own, looks, and writes.
        await early.push();
        crm.contacts.push({ ref, key });
        return ref;
      },
    }),
    workspaceKey,
  );
  expect(await late.push()).toMatchObject({ state: 'done', fault: null });
  expect(crm.contacts.map(({ ref }) => ref.id)).toEqual(['100']);
  expect(crm.notes.map(({ parentId }) => parentId)).toEqual(['100']);
});

it('keeps the lower one when the other device takes its own away', async () => {
  const crm = createMemoryCrm();
  let looks = 0;
  const { push } = await device(
    likeDatabase(crm, {
      createContact: async (_, draft, key) => {
        const ref = (id: string): RemoteRef => ({ role: 'contact', kind: 'party', id, title: draft.name });
        crm.contacts.push({ ref: ref('7'), key }, { ref: ref('8'), key });
        return ref('7');
      },
      findByKey: async (_, __, key) => {
        looks += crm.contacts.length === 2 ? 1 : 0;
        if (looks === 3) crm.contacts.pop();
        return crm.contacts.filter((one) => one.key === key).map(({ ref }) => ref);
      },
    }),
    newWorkspaceKey(),
  );
  expect(await push()).toMatchObject({ state: 'done', fault: null });
  expect(crm.contacts.map(({ ref }) => ref.id)).toEqual(['7']);
  expect(crm.notes.map(({ parentId }) => parentId)).toEqual(['7']);
});
