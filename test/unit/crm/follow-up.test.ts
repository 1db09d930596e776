import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectionId, ConversationId, FollowUpOptions } from '#rpc';
import { initialsOf } from '../../../electron/engine/crm/core/initials.ts';
import { change } from '../../../electron/engine/store/statements.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';
import { openPushWorld, pushedIds } from '../../integration/crm/support/push-world.ts';
import type { PushWorld } from '../../integration/crm/support/push-world.ts';
import { createMemoryCrm } from './memory-crm.ts';

const open: PushWorld[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.stop();
});

/** Noon in Tallinn is 10:00 UTC. */
const noonMs = Date.UTC(2026, 10, 22, 10, 0, 0);
const hourMs = 3_600_000;
const off: FollowUpOptions = { isPushedWhenDone: false, eveningMinute: null, rules: [] };

async function scene(given: { readonly isPersonnel?: boolean; readonly undoMs?: number } = {}) {
  const crm = createMemoryCrm();
  const connector = { ...crm.connector, manifest: { ...crm.connector.manifest, isPersonnel: given.isPersonnel } };
  const clock = { ms: noonMs };
  const world = openPushWorld({ profileDir: tempFolder('follow-up'), connectors: [connector], nowMs: () => clock.ms, undoMs: given.undoMs });
  open.push(world);
  const connection = await world.connect('memory', { password: 'x' });
  const conversation = world.addConversation({ name: 'Marta Ruiz', identifiers: [{ kind: 'phone', value: '+34600123456' }] });
  const set = (options: Partial<FollowUpOptions>) => world.crm.followUp.setOptions({ connectionId: connection, options: { ...off, ...options } });
  const done = (id = conversation) => world.crm.followUp.setDone({ conversationId: id, isDone: true });
  const queue = () => world.crm.queue({ limit: 50 });
  return { crm, world, connection, conversation, clock, set, done, queue };
}

/** Pushed once by hand: the record is chosen, and what comes later has nothing left to decide. */
async function pushed(world: PushWorld, conversation: ConversationId, connection: ConnectionId, atMs = noonMs - hourMs): Promise<void> {
  world.addMessage(conversation, { text: 'primero', atMs });
  await world.pushAll(conversation, connection, 'create');
}

describe('pushed when done', () => {
  it('is off until it is switched on, and a conversation is done until the other side writes again', async () => {
    const { crm, world, connection, conversation, done, clock } = await scene();
    expect(world.crm.followUp.options({ connectionId: connection })).toEqual(off);
    await pushed(world, conversation, connection);
    world.addMessage(conversation, { text: 'segundo', atMs: noonMs - 1 });
    expect(await done()).toEqual({ isDone: true, pushes: [] });
    expect(crm.notes).toHaveLength(1);
    const isDone = () => world.crm.followUp.doneState({ conversationId: conversation }).isDone;
    expect(isDone()).toBe(true);
    world.addMessage(conversation, { text: 'de nada', isOwn: true, atMs: clock.ms + 1 });
    expect(isDone()).toBe(true);
    world.addMessage(conversation, { text: 'otra cosa', atMs: clock.ms + 2 });
    expect(isDone()).toBe(false);
  });

  it('writes what is new to the record that was chosen, once, and can be undone', async () => {
    const { crm, world, connection, conversation, set, done } = await scene();
    await pushed(world, conversation, connection);
    set({ isPushedWhenDone: true });
    world.addMessage(conversation, { text: 'segundo', atMs: noonMs - 1 });
    const [first, again] = [await done(), await done()];
    expect(first.pushes).toMatchObject([{ state: 'undoable', messageCount: 1 }]);
    await world.settled(first.pushes[0]?.id ?? (0 as never));
    for (const push of again.pushes) await world.settled(push.id);
    expect(crm.notes.map(({ chunk }) => chunk.body.includes('segundo'))).toEqual([false, true]);
    expect((await done()).pushes).toEqual([]);
  });

  it('can be taken back for ten seconds', async () => {
    const { crm, world, connection, conversation, set, done, clock } = await scene({ undoMs: 10_000 });
    world.addMessage(conversation, { text: 'primero', atMs: noonMs - 1 });
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    const early = world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: false });
    clock.ms += 10_001;
    world.crm.wake();
    await world.settled(early.id);
    world.addMessage(conversation, { text: 'segundo', atMs: noonMs });
    set({ isPushedWhenDone: true });
    const { pushes } = await done();
    expect(pushes).toMatchObject([{ state: 'undoable', undoUntilMs: clock.ms + 10_000 }]);
    expect(world.crm.cancel({ id: pushes[0]?.id ?? (0 as never) }).state).toBe('cancelled');
    expect(crm.notes).toHaveLength(1);
  });

  it('asks the person when a decision is open, writes nothing, asks once, and gives way to the push made then', async () => {
    const { crm, world, connection, conversation, set, done, queue } = await scene();
    set({ isPushedWhenDone: true });
    world.addMessage(conversation, { text: 'hola' });
    const { pushes } = await done();
    expect(pushes).toMatchObject([{ state: 'needs-you', fault: { code: 'needs-decision' }, messageCount: 1 }]);
    expect((await done()).pushes).toEqual([]);
    expect(() => world.crm.retry({ id: pushes[0]?.id ?? (0 as never) })).toThrow('waits for a choice');
    await world.crm.renew({ id: connection, values: { password: 'y' } });
    world.crm.wake();
    expect(crm.calls).not.toContain('append');
    expect(crm.contacts).toEqual([]);
    await world.pushAll(conversation, connection, 'create');
    expect(queue().map(({ state }) => state).sort()).toEqual(['cancelled', 'done']);
    expect(crm.notes).toHaveLength(1);
  });

  it('never goes to files on staff, nor against “never push”', async () => {
    const staff = await scene({ isPersonnel: true });
    expect(() => staff.set({ isPushedWhenDone: true })).toThrow('files on staff');
    expect(() => staff.set({ eveningMinute: 1080 })).toThrow('files on staff');
    change(staff.world.db, 'UPDATE crm_connections SET is_pushed_when_done = 1');
    staff.world.addMessage(staff.conversation, { text: 'hola' });
    expect((await staff.done()).pushes).toEqual([]);

    const { crm, world, connection, conversation, set, done } = await scene();
    await pushed(world, conversation, connection);
    set({ isPushedWhenDone: true });
    world.addMessage(conversation, { text: 'secreto', atMs: noonMs - 1 });
    world.crm.setNeverPush({ conversationId: conversation, scope: 'conversation', isOn: true });
    expect((await done()).pushes).toEqual([]);
    expect(crm.notes).toHaveLength(1);
  });
});

/** What was begun by a look at the clock has read it. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('every evening', () => {
  it('pushes at its minute what is new in conversations the CRM knows, and no others; once a day', async () => {
    const { crm, world, connection, conversation, set, clock } = await scene();
    const stranger = world.addConversation({ name: 'Madre' });
    await pushed(world, conversation, connection);
    set({ eveningMinute: 18 * 60 });
    world.addMessage(conversation, { text: 'segundo', atMs: noonMs - 1 });
    world.addMessage(stranger, { text: '¿Cenas en casa?', atMs: noonMs - 1 });
    world.crm.wake();
    await nextTurn();
    world.addMessage(conversation, { text: 'tarde', atMs: noonMs + hourMs });
    clock.ms += 6 * hourMs;
    world.crm.wake();
    await until(() => crm.notes.length === 2, { label: 'the evening push' });
    const day = () => (world.db.prepare('SELECT evening_day AS day FROM crm_connections').get() as { day: string | null }).day;
    await until(() => day() === '2026-11-22', { label: 'the day to be written down' });
    world.addMessage(conversation, { text: 'tercero', atMs: clock.ms + 1 });
    clock.ms += hourMs;
    world.crm.wake();
    await nextTurn();
    world.addMessage(conversation, { text: 'cuarto', atMs: clock.ms + 1 });
    clock.ms += 23 * hourMs;
    world.crm.wake();
    await until(() => crm.notes.length === 3, { label: 'the next evening' });
    const told = ['segundo', 'tarde', 'tercero', 'cuarto'];
    expect(crm.notes.map(({ chunk }) => told.filter((text) => chunk.body.includes(text)))).toEqual([[], ['segundo', 'tarde'], ['tercero', 'cuarto']]);
    expect(crm.notes.some(({ chunk }) => chunk.body.includes('Cenas'))).toBe(false);
    expect(pushedIds(world, stranger)).toEqual([]);
  });

  it('switched on after its time begins tomorrow', async () => {
    const { crm, world, connection, conversation, set, clock } = await scene();
    await pushed(world, conversation, connection);
    world.addMessage(conversation, { text: 'segundo', atMs: noonMs - 1 });
    set({ eveningMinute: 9 * 60 });
    expect(world.db.prepare('SELECT evening_day FROM crm_connections').get()).toEqual({ evening_day: '2026-11-22' });
    world.crm.wake();
    clock.ms += 24 * hourMs;
    world.crm.wake();
    await until(() => crm.notes.length === 2, { label: 'tomorrow' });
  });
});

describe('rules of a connection', () => {
  it('send a conversation to its connection as its kind, by account, network and folder; the first one counts', async () => {
    const { world, conversation } = await scene();
    const second = (await world.crm.connect({ connectorId: 'memory', name: 'Support', values: { password: 'x' } })).connection.id;
    world.addMessage(conversation, { text: 'hola' });
    const plan = () => world.crm.plan({ conversationId: conversation, connectionId: null });
    const rule = (rules: FollowUpOptions['rules']) => world.crm.followUp.setOptions({ connectionId: second, options: { ...off, rules } });
    const kindOf = (planId: string) => JSON.parse((world.db.prepare('SELECT content FROM crm_plans WHERE id = ?').get(planId) as { content: string }).content) as { containerKind: string | null };
    const account = (world.db.prepare('SELECT account_id AS id, remote_id AS remoteId FROM conversations WHERE id = ?').get(conversation)) as { id: number; remoteId: string };
    expect((await plan()).connectionName).toBe('memory');

    rule([{ recordKind: 'lead' }]);
    expect((await plan()).connectionName).toBe('memory');
    rule([{ network: 'whatsapp', recordKind: null }]);
    expect((await plan()).connectionName).toBe('memory');
    rule([{ network: 'xmpp', recordKind: 'lead' }, { network: 'xmpp', recordKind: 'party' }]);
    const byNetwork = await plan();
    expect([byNetwork.connectionName, kindOf(byNetwork.planId).containerKind]).toEqual(['Support', 'lead']);
    rule([{ accountId: account.id + 1, network: 'xmpp', recordKind: 'lead' }]);
    expect((await plan()).connectionName).toBe('memory');

    const folder = change(world.db, `INSERT INTO folders (account_id, remote_id, name, position) VALUES (?, '!s', 'Support', 0)`, account.id).insertedId;
    rule([{ folderId: folder, recordKind: null }]);
    expect((await plan()).connectionName).toBe('memory');
    change(world.db, 'INSERT INTO folder_conversations VALUES (?, ?)', folder, account.remoteId);
    expect((await plan()).connectionName).toBe('Support');
    expect(() => rule([{ recordKind: 'invoice' }])).toThrow('no such kind');
  });

  it('a record that was offered and not taken is not suggested again', async () => {
    const { crm, world, connection, conversation } = await scene();
    crm.candidates = [{ ref: { role: 'contact', kind: 'party', id: '9', title: 'Otra Marta' }, title: 'Otra Marta', subtitle: '', identifiers: [{ kind: 'phone', value: '+34600123456' }] }];
    world.addMessage(conversation, { text: 'hola' });
    const preview = () => world.crm.plan({ conversationId: conversation, connectionId: connection });
    expect((await preview()).suggestedKey).toBe('use:party:9');
    const push = await world.pushAll(conversation, connection, 'create');
    await world.crm.withdraw({ id: push.id });
    change(world.db, 'DELETE FROM crm_links');
    crm.contacts.length = 0;
    expect((await preview()).suggestedKey).toBe('create');
  });
});

describe('a summary instead of the words', () => {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

  it('is made here with the counts, can be edited, is hash-equal, and tags every message', async () => {
    const { crm, world, connection, conversation } = await scene();
    for (const text of ['la contraseña es pez', 'dos', 'tres']) world.addMessage(conversation, { text });
    world.addMessage(conversation, { text: 'cuatro', isOwn: true });
    const made = await world.crm.plan({ conversationId: conversation, connectionId: connection, summary: '' });
    expect(made.summary).toContain('Summary: 4 messages, 2026-11-20 ');
    expect(made.summary).toContain('Marta Ruiz: 3; Jordi Llach: 1');
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection, summary: 'Quiere 40 bombas.\nIBAN ES91 2100 0418 4502 0005 1332' });
    expect(preview.parts).toHaveLength(1);
    expect(preview.parts[0]?.text).toContain('Quiere 40 bombas.\nIBAN ••••');
    expect(preview.masks).toMatchObject([{ kind: 'iban' }]);
    expect(JSON.stringify(world.db.prepare('SELECT content FROM crm_plans').all())).not.toMatch(/pez|1332/);
    await world.settled(world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: false }).id);
    expect(crm.notes.map(({ chunk }) => sha256(chunk.body))).toEqual(preview.parts.map(({ bodySha256 }) => bodySha256));
    expect(crm.notes[0]?.chunk.body).not.toContain('dos');
    expect(pushedIds(world, conversation)).toHaveLength(4);
    expect(await world.crm.plan({ conversationId: conversation, connectionId: connection })).toMatchObject({ newMessageCount: 0, summary: null });
  });
});

describe('a group', () => {
  it('goes with initials unless the person wants the names', async () => {
    const { crm, world, connection } = await scene();
    const group = world.addConversation({ name: 'Taller', handle: 'taller@rooms.example', kind: 'group' });
    world.addMessage(group, { text: 'hola', senderName: 'Kalev Tamm' });
    world.addMessage(group, { text: 'voy', isOwn: true });
    const named = await world.crm.plan({ conversationId: group, connectionId: connection, hasFullNames: true });
    expect(named).toMatchObject({ hasInitials: false });
    expect(named.parts[0]?.text).toContain('← Kalev Tamm: hola');
    const preview = await world.crm.plan({ conversationId: group, connectionId: connection });
    expect(preview.parts[0]?.text).toContain('← K. T.: hola');
    expect(preview.parts[0]?.text).toContain('→ Jordi Llach: voy');
    await world.pushAll(group, connection, 'create');
    expect(crm.notes[0]?.chunk.body).not.toContain('Kalev');
  });

  it('initials of every kind of name', () => {
    expect(['Marta Ruiz', 'jordi@palomar.example', '', '🙂', 'María de la O', 'ñandú', 'a b c d e'].map(initialsOf)).toEqual(['M. R.', 'J.', '?', '?', 'M. D. L.', 'Ñ.', 'A. B. C.']);
  });
});

describe('what is lost', () => {
  it('counts what is older than N days of people the CRM knows, on any network, and nobody else', async () => {
    const { world, connection, conversation } = await scene();
    const day = 24 * hourMs;
    await pushed(world, conversation, connection, noonMs - 20 * day);
    const onWhatsApp = world.addConversation({ name: 'Marta WA', handle: '+34600', network: 'whatsapp' });
    const stranger = world.addConversation({ name: 'Madre', handle: 'madre@example.org' });
    change(world.db, `UPDATE addresses SET person_id = (SELECT person_id FROM addresses AS a JOIN conversations ON a.id = peer_id WHERE conversations.id = ?) WHERE handle = '+34600'`, conversation);
    for (const [id, ages] of [[conversation, [9, 5, 1]], [onWhatsApp, [30, 8, 6]], [stranger, [9]]] as const) {
      for (const age of ages) world.addMessage(id, { text: `hace ${age}`, atMs: noonMs - age * day });
    }
    world.addMessage(conversation, { text: 'no salió', isOwn: true, delivery: 'failed', atMs: noonMs - 9 * day });
    const lost = (days: number) => world.crm.followUp.lost({ days }).map(({ title, person, network, messageCount }) => [title, person, network, messageCount]);
    expect(lost(3)).toEqual([['Marta Ruiz', 'Marta Ruiz', 'xmpp', 2], ['Marta WA', 'Marta Ruiz', 'whatsapp', 2]]);
    expect(lost(7)).toEqual([['Marta Ruiz', 'Marta Ruiz', 'xmpp', 1], ['Marta WA', 'Marta Ruiz', 'whatsapp', 1]]);
    expect(lost(10)).toEqual([]);
    world.crm.setNeverPush({ conversationId: onWhatsApp, scope: 'conversation', isOn: true });
    await world.pushAll(conversation, connection);
    expect(lost(0)).toEqual([]);
  });
});

it('shows no more of a record than can be looked at, whatever the CRM says', async () => {
  const crm = createMemoryCrm();
  const connector = { ...crm.connector, readRecord: () => Promise.resolve({ name: 'x'.repeat(1_000_000), openTickets: Array.from({ length: 1_000 }, () => ({ title: 't', status: 's', url: null })) }) };
  const world = openPushWorld({ profileDir: tempFolder('follow-up'), connectors: [connector], nowMs: () => noonMs });
  open.push(world);
  const connection = await world.connect('memory', { password: 'x' });
  const conversation = world.addConversation({ name: 'Marta Ruiz', identifiers: [{ kind: 'phone', value: '+34600123456' }] });
  await pushed(world, conversation, connection);
  const facts = await world.crm.followUp.record({ conversationId: conversation, connectionId: connection });
  expect([facts?.name.length, facts?.openTickets?.length]).toEqual([300, 20]);
});
