import { describe, expect, it } from 'vitest';
import { newWorkspaceKey, openPushWorld } from '../integration/crm/support/push-world.ts';
import { tempFolder } from '../kit/temp-folder.ts';
import { espoKey, startEspoServer } from '../lab/crm/espocrm-server.ts';
import { startTwentyServer, twentyKey } from '../lab/crm/twenty-server.ts';

interface Rig {
  readonly connectorId: string;
  readonly values: Readonly<Record<string, string>>;
  readonly texts: () => readonly string[];
  readonly stop: () => Promise<void>;
}

/** One product where our marker keeps notes single, one where the server does. */
const rigs: Readonly<Record<string, () => Promise<Rig>>> = {
  EspoCRM: async () => {
    const server = await startEspoServer();
    return { connectorId: 'espocrm', values: { url: server.baseUrl, token: espoKey }, texts: () => server.notes.map(({ post }) => post), stop: server.kill };
  },
  Twenty: async () => {
    const server = await startTwentyServer();
    const texts = () => server.rows.notes.map(({ fields }) => JSON.stringify(fields['bodyV2']));
    return { connectorId: 'twenty', values: { url: server.baseUrl, token: twentyKey }, texts, stop: server.kill };
  },
};

const minute = (number: number): number => Date.UTC(2026, 10, 20, 9, number);

describe.each(Object.keys(rigs))('two devices that know different ends of a conversation, on %s', (name) => {
  it('push at the same instant, and every message is told once', async () => {
    const rig = await (rigs[name] as () => Promise<Rig>)();
    const workspaceKey = newWorkspaceKey();
    for (let run = 0; run < 4; run += 1) {
      const devices = [];
      for (const more of [1, 2]) {
        const world = openPushWorld({ profileDir: tempFolder('crm-rivals'), workspaceKey });
        const connection = await world.connect(rig.connectorId, rig.values);
        const conversation = world.addConversation({ name: `Marta R${run}` });
        world.addMessage(conversation, { text: `m0 of ${run}.`, atMs: minute(0) });
        await world.pushAll(conversation, connection);
        for (let index = 1; index <= more; index += 1) world.addMessage(conversation, { text: `m${index} of ${run}.`, atMs: minute(index) });
        const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
        devices.push({ world, connection, conversation, preview });
      }
      const pushes = devices.map(({ world, preview }) => world.crm.push({ planId: preview.planId, targetKey: preview.suggestedKey ?? '', rememberOneClick: true }));
      const settled = await Promise.all(devices.map(({ world }, index) => world.settled(pushes[index]?.id ?? (0 as never))));
      expect(settled.map(({ state }) => state)).toEqual(['done', 'done']);
      const all = rig.texts().join('\n');
      expect([0, 1, 2].map((index) => all.split(`m${index} of ${run}.`).length - 1)).toEqual([1, 1, 1]);
      for (const { world, connection, conversation } of devices) {
        expect((await world.crm.pushNow({ conversationId: conversation, connectionId: connection })).preview?.newMessageCount).toBe(0);
        await world.stop();
      }
    }
    await rig.stop();
  });
});
