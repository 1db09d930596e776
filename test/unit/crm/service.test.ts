import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectionId, ConversationId } from '#rpc';
import type { Candidate } from '../../../electron/engine/crm/connector.ts';
import { AuthNeeded, Offline, Permanent, Unknown } from '../../../electron/engine/crm/errors.ts';
import { filesContaining } from '../../kit/files-containing.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';
import { openPushWorld, pushedIds } from '../../integration/crm/support/push-world.ts';
import type { PushWorld } from '../../integration/crm/support/push-world.ts';
import { createMemoryCrm } from './memory-crm.ts';
import type { MemoryCrm } from './memory-crm.ts';

const open: PushWorld[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.stop();
});

interface Scene {
  readonly crm: MemoryCrm;
  readonly world: PushWorld;
  readonly connection: ConnectionId;
  readonly conversation: ConversationId;
  readonly profileDir: string;
}

async function scene(options: { readonly undoMs?: number; readonly clock?: { skewMs: number } } = {}): Promise<Scene> {
  const crm = createMemoryCrm();
  const profileDir = tempFolder('service');
  const nowMs = () => Date.now() + (options.clock?.skewMs ?? 0);
  const world = openPushWorld({ profileDir, connectors: [crm.connector], undoMs: options.undoMs, nowMs });
  open.push(world);
  const connection = await world.connect('memory', { password: 'hunter2-canary' });
  const conversation = world.addConversation({ name: 'Marta Ruiz', identifiers: [{ kind: 'phone', value: '+34600123456' }] });
  world.addMessage(conversation, { text: 'hola' });
  return { crm, world, connection, conversation, profileDir };
}

const party = (id: string, phone: string, title = `Party ${id}`): Candidate => ({
  ref: { role: 'contact', kind: 'party', id, title },
  title,
  subtitle: '',
  identifiers: [{ kind: 'phone', value: phone }],
});

describe('planning a push', () => {
  it('believes no record that the server sends along without a match (T14)', async () => {
    const { crm, world, connection, conversation } = await scene();
    crm.candidates = [party('1', '+34911123456'), party('2', '', 'Nobody')];
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    expect(preview.options.map(({ key }) => key)).toEqual(['create']);
    expect(preview).toMatchObject({ suggestedKey: 'create', options: [{ reason: 'none-found' }] });
  });

  it('leaves two matches to the person and remembers choice and rejection over a restart (T15)', async () => {
    const { crm, world, connection, conversation, profileDir } = await scene();
    crm.candidates = [party('1', '+34 600 123 456'), party('2', '+34600123456')];
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    expect(preview.suggestedKey).toBeNull();
    expect((await world.crm.pushNow({ conversationId: conversation, connectionId: connection })).push).toBeNull();
    expect(crm.notes).toEqual([]);
    await world.pushAll(conversation, connection, 'use:party:2');
    expect(crm.notes.map(({ parentId }) => parentId)).toEqual(['2']);

    open.splice(0);
    await world.stop();
    const again = openPushWorld({ profileDir, connectors: [crm.connector] });
    open.push(again);
    expect((await again.crm.summary({ conversationId: conversation }))[0]).toMatchObject({ targetTitle: 'Party 2', canPushAtOnce: true, url: 'https://crm.example/2' });
    again.db.prepare('DELETE FROM crm_links').run();
    crm.candidates = [party('1', '+34600123456')];
    again.addMessage(conversation, { text: 'otra vez' });
    const later = await again.crm.plan({ conversationId: conversation, connectionId: connection });
    expect(later.suggestedKey).toBe('create');
    expect(later.options[0]?.key).toBe('use:party:1');
  });

  it('suggests nothing when the CRM cannot be asked, and a linked record all the same', async () => {
    const { crm, world, connection, conversation } = await scene();
    crm.failures.push(new Offline({ server: 'crm.example' }));
    const blind = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    expect(blind).toMatchObject({ suggestedKey: null, fault: { code: 'offline', server: 'crm.example' } });
    await world.pushAll(conversation, connection);
    world.addMessage(conversation, { text: 'más' });
    crm.failures.push(new Offline());
    const linked = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    expect(linked).toMatchObject({ fault: { code: 'offline' }, options: [{ reason: 'linked' }, { action: 'create' }] });
    expect(linked.suggestedKey).toBe(linked.options[0]?.key);
  });

  it('sends what was shown, not what came after (T19)', async () => {
    const { crm, world, connection, conversation } = await scene();
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    world.addMessage(conversation, { text: 'llegó después' });
    const push = world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: true });
    await world.settled(push.id);
    expect(crm.notes.map(({ chunk }) => chunk.body)).toEqual(preview.parts.map(({ text }) => text));
    expect((await world.crm.summary({ conversationId: conversation }))[0]).toMatchObject({ pushedMessageCount: 1, unpushedMessageCount: 1 });
  });

  it('does not send older history that was loaded after the first push', async () => {
    const { crm, world, connection, conversation } = await scene();
    await world.pushAll(conversation, connection);
    world.addMessage(conversation, { text: 'hace un año', atMs: Date.UTC(2025, 0, 1) });
    world.addMessage(conversation, { text: 'ahora', atMs: Date.UTC(2026, 10, 21) });
    await world.pushAll(conversation, connection);
    expect(crm.notes[1]?.chunk.body).toContain('ahora');
    expect(crm.notes[1]?.chunk.body).not.toContain('hace un año');
  });
});

describe('a push on its way', () => {
  it('can be taken back until the undo time is over, and has sent nothing then', async () => {
    const { crm, world, connection, conversation } = await scene({ undoMs: 60_000 });
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    const push = world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: false });
    expect(push).toMatchObject({ state: 'undoable', messageCount: 1 });
    expect(push.undoUntilMs).toBeGreaterThan(Date.now() + 50_000);
    expect(world.crm.cancel({ id: push.id }).state).toBe('cancelled');
    expect(crm.calls).not.toContain('createContact');
    expect((await world.crm.summary({ conversationId: conversation }))[0]?.unpushedMessageCount).toBe(1);
  });

  it('asks the person after repeated failures, is never dropped, and goes on when told', async () => {
    const clock = { skewMs: 0 };
    const { crm, world, connection, conversation } = await scene({ clock });
    crm.failures.push(new Unknown(), new Unknown(), new Unknown(), new Unknown(), new Unknown(), new Unknown());
    // The look-up of the plan must not eat the first failure.
    crm.connector.findTargets = async () => [];
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    const { id } = world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: true });
    for (let failure = 1; failure <= 6; failure += 1) {
      const row = await until(() => world.crm.queue({ limit: 9 }).find((push) => push.attempts === failure && push.state !== 'sending'));
      if (failure < 6) {
        expect(row).toMatchObject({ state: 'waiting', fault: { code: 'server-unreachable' } });
        clock.skewMs += (row.nextAttemptAtMs ?? 0) - Date.now() - clock.skewMs;
        world.crm.wake();
      } else expect(row.state).toBe('needs-you');
    }
    expect(clock.skewMs).toBeGreaterThan(15 * 60_000);
    world.crm.retry({ id });
    expect((await world.settled(id)).state).toBe('done');
    expect([crm.contacts.length, crm.notes.length]).toEqual([1, 1]);
  });

  it('stops for a refused login, and goes on after signing in again', async () => {
    const { crm, world, connection, conversation } = await scene();
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    crm.failures.push(new AuthNeeded());
    const push = await world.settled(world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: true }).id);
    expect(push).toMatchObject({ state: 'needs-you', fault: { code: 'needs-login' } });
    expect(world.crm.connections()[0]).toMatchObject({ state: 'needs-login' });
    await world.crm.renew({ id: connection, values: { password: 'new' } });
    expect((await until(() => world.crm.queue({ limit: 9 }).find(({ state }) => state === 'done'))).id).toBe(push.id);
    expect(world.crm.connections()[0]).toMatchObject({ state: 'ready', fault: null });
  });

  it('asks again who it is when the record was deleted there', async () => {
    const { crm, world, connection, conversation } = await scene();
    await world.pushAll(conversation, connection);
    world.addMessage(conversation, { text: 'más' });
    crm.failures.push(new Permanent('record-gone'));
    const { push } = await world.crm.pushNow({ conversationId: conversation, connectionId: connection });
    expect(await world.settled(push?.id ?? (0 as never))).toMatchObject({ state: 'needs-you', fault: { code: 'record-gone' } });
    crm.contacts.splice(0);
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    expect(preview).toMatchObject({ suggestedKey: 'create', newMessageCount: 1 });
    const next = world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: true });
    expect((await world.settled(next.id)).state).toBe('done');
    expect(world.crm.queue({ limit: 9 }).map(({ state }) => state).sort()).toEqual(['cancelled', 'done', 'done']);
  });

  it('goes on without a file that is gone and says so', async () => {
    const { crm, world, connection, conversation } = await scene();
    const bytes = Buffer.from('x');
    world.addMessage(conversation, { text: 'foto', file: { name: 'foto.jpg', bytes } });
    world.lostFiles.add(1 as never);
    crm.connector.attach = async () => ({ role: 'file', kind: 'file', id: '1' });
    const push = await world.pushAll(conversation, connection);
    expect(push).toMatchObject({ state: 'done', fileCount: 0, fault: { code: 'file-unavailable', detail: 'foto.jpg' } });
  });

  it('shows in the timeline and the list when it is done', async () => {
    const { world, connection, conversation } = await scene();
    await world.pushAll(conversation, connection);
    world.addMessage(conversation, { text: 'más' });
    const line = world.db.prepare(`SELECT sort_key, (SELECT max(sort_key) FROM messages WHERE kind <> 'push') AS newest FROM messages WHERE kind = 'push'`).get() as { sort_key: number; newest: number };
    expect(line.sort_key).toBeLessThan(line.newest);
    expect(world.db.prepare('SELECT push_tag, unpushed_count FROM conversations').get()).toEqual({ push_tag: 'memory · Party', unpushed_count: 0 });
    expect(pushedIds(world, conversation)).toHaveLength(1);
    expect(world.db.prepare('SELECT count(*) AS n FROM crm_plans WHERE push_id IS NOT NULL').get()).toEqual({ n: 0 });
  });
});

describe('a connection', () => {
  it('keeps its password sealed: not in the store, not in its journal', async () => {
    const { world, profileDir } = await scene();
    expect(filesContaining(profileDir, ['hunter2-canary'])).toEqual([]);
    expect(JSON.stringify(world.crm.connections())).not.toContain('hunter2');
    expect(readFileSync(join(profileDir, 'palomar.db')).length).toBeGreaterThan(0);
  });

  it('refuses a form with an empty required field, and one too many is left out', async () => {
    const { world } = await scene();
    await expect(world.crm.connect({ connectorId: 'memory', name: 'x', values: {} })).rejects.toMatchObject({ rpcError: { code: 'rejected' } });
    await world.crm.connect({ connectorId: 'memory', name: 'x', values: { password: 'p', __proto__: 'x', more: 'y' } });
    expect(world.db.prepare('SELECT field_values FROM crm_connections ORDER BY id DESC').get()).toEqual({ field_values: '{}' });
  });

  it('sends its password to another server only when it is typed again', async () => {
    const { crm, world, connection } = await scene();
    const probed: Readonly<Record<string, string>>[] = [];
    crm.connector.origin = (values) => values['url'] ?? 'https://crm.example';
    crm.connector.probe = async ({ values }) => {
      probed.push(values);
      return { isUsable: true, signedInAs: 'me', version: '1', findings: [] };
    };
    (crm.connector.manifest.fields as unknown[]).push({ name: 'url', kind: 'url', isRequired: false, isAdvanced: false });
    const evil = { url: 'https://evil.example' };
    await expect(world.crm.renew({ id: connection, values: evil })).rejects.toMatchObject({ rpcError: { code: 'rejected' } });
    expect(probed).toEqual([]);
    await world.crm.renew({ id: connection, values: {} });
    await world.crm.renew({ id: connection, values: { ...evil, password: 'typed again' } });
    expect(probed).toEqual([{ password: 'hunter2-canary' }, { ...evil, password: 'typed again' }]);
  });

  it('is the default when it is the first; another can become it', async () => {
    const { world, connection } = await scene();
    const { connection: second } = await world.crm.connect({ connectorId: 'memory', name: 'two', values: { password: 'p' } });
    expect(world.crm.connections().map(({ isDefault }) => isDefault)).toEqual([true, false]);
    world.crm.updateConnection({ id: second.id, patch: { isDefault: true } });
    expect(world.crm.connections().map(({ isDefault }) => isDefault)).toEqual([false, true]);
    world.crm.disconnect({ id: second.id });
    expect(world.crm.connections()).toMatchObject([{ id: connection, isDefault: true }]);
  });

  it('takes its open pushes and its secret along when it is removed', async () => {
    const { world, connection, conversation } = await scene({ undoMs: 60_000 });
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    const push = world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: true });
    world.crm.disconnect({ id: connection });
    expect(world.crm.queue({ limit: 9 }).find(({ id }) => id === push.id)?.state).toBe('cancelled');
    expect(world.db.prepare(`SELECT count(*) AS n FROM secrets WHERE scope LIKE 'connection:%'`).get()).toEqual({ n: 0 });
  });
});
