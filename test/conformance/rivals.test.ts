import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newWorkspaceKey, openPushWorld } from '../integration/crm/support/push-world.ts';
import { tempFolder } from '../kit/temp-folder.ts';
import { startDynamics } from '../lab/crm/dynamics-server.ts';
import { espoKey, startEspoServer } from '../lab/crm/espocrm-server.ts';
import { startOdooJson2Server } from '../lab/crm/odoo-json2-server.ts';
import { startSuiteServer, suiteClient } from '../lab/crm/suitecrm-server.ts';
import { startTwentyServer, twentyKey } from '../lab/crm/twenty-server.ts';

interface Rig {
  readonly connectorId: string;
  readonly values: Readonly<Record<string, string>>;
  /** What the product asks a person on its own page. */
  readonly agree?: (link: string) => string;
  readonly texts: () => readonly string[];
  readonly stop: () => Promise<void>;
}

const textsIn = (folder: string, name: RegExp): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => name.test(path)).map((path) => readFileSync(join(folder, path), 'utf8'));

/** One product where our marker keeps notes single, and all where the server, or the disk, does by an id of ours. */
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
  SuiteCRM: async () => {
    const server = await startSuiteServer();
    const texts = () => server.living('Notes').map(({ attributes }) => String(attributes['description']));
    return { connectorId: 'suitecrm', values: { url: server.baseUrl, ...suiteClient }, texts, stop: server.kill };
  },
  'Dynamics 365': async () => {
    const { server, clientId, tenant, agree, rows } = await startDynamics();
    const values = { url: server.baseUrl, loginUrl: server.baseUrl, clientId, tenant };
    return { connectorId: 'dynamics', values, agree, texts: () => rows('annotations').map((row) => String(row['notetext'])), stop: server.kill };
  },
  'Odoo 19': async () => {
    const { server, tables, key, database, user } = await startOdooJson2Server();
    const values = { url: server.baseUrl, database, user, passwordOrKey: key, recordKind: 'lead' };
    return { connectorId: 'odoo', values, texts: () => tables.rows('mail.message').map((row) => String(row['body'])), stop: server.kill };
  },
  'a file folder': () => {
    const folder = tempFolder('rival-pushes');
    return Promise.resolve({ connectorId: 'file-folder', values: { folder }, texts: () => textsIn(folder, /note-[^/]*\.json$/u), stop: () => Promise.resolve() });
  },
};

const minute = (number: number): number => Date.UTC(2026, 10, 20, 9, number);

describe.each(Object.keys(rigs))('two devices that know different ends of a conversation, on %s', (name) => {
  it('push at the same instant, and every message is told once', async () => {
    const rig = await (rigs[name] as () => Promise<Rig>)();
    const workspaceKey = newWorkspaceKey();
    for (let run = 0; run < 3; run += 1) {
      const devices = [];
      for (const more of [1, 2]) {
        const world = openPushWorld({ profileDir: tempFolder('crm-rivals'), workspaceKey });
        const connection = await world.connect(rig.connectorId, rig.values, rig.agree);
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
