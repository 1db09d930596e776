import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectionId, ConversationId } from '#rpc';
import { Offline } from '../../../electron/engine/crm/errors.ts';
import { startOf } from '../../../electron/engine/crm/core/first-range.ts';
import { change } from '../../../electron/engine/store/statements.ts';
import { filesContaining } from '../../kit/files-containing.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';
import { openPushWorld } from '../../integration/crm/support/push-world.ts';
import type { PushWorld } from '../../integration/crm/support/push-world.ts';
import { createMemoryCrm } from './memory-crm.ts';

const open: PushWorld[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.stop();
});

const nowMs = Date.UTC(2026, 10, 22, 12, 0, 0);
const hourMs = 3_600_000;

async function scene(options: { readonly undoMs?: number; readonly isPersonnel?: boolean } = {}) {
  const crm = createMemoryCrm();
  const connector = { ...crm.connector, manifest: { ...crm.connector.manifest, isPersonnel: options.isPersonnel } };
  const profileDir = tempFolder('rules');
  const clock = { ms: nowMs };
  const world = openPushWorld({ profileDir, connectors: [connector], undoMs: options.undoMs, nowMs: () => clock.ms });
  open.push(world);
  const connection = await world.connect('memory', { password: 'x' });
  const conversation = world.addConversation({ name: 'Marta Ruiz' });
  return { crm, world, connection, conversation, clock, profileDir };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const key = (world: PushWorld, conversationId: ConversationId, connectionId: ConnectionId) => world.crm.plan({ conversationId, connectionId });

describe('how far back a first push reaches', () => {
  const aged = [['year', 400 * 24], ['month', 20 * 24], ['week', 5 * 24], ['morning', 3], ['now', 0]] as const;

  it.each([
    ['everything', ['year', 'month', 'week', 'morning', 'now']],
    ['month', ['month', 'week', 'morning', 'now']],
    ['week', ['week', 'morning', 'now']],
    ['today', ['morning', 'now']],
  ] as const)('%s', async (since, told) => {
    const { crm, world, connection, conversation } = await scene();
    for (const [text, hours] of aged) world.addMessage(conversation, { text, atMs: nowMs - hours * hourMs });
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection, range: { since } });
    expect(preview).toMatchObject({ range: { since }, newMessageCount: told.length });
    await world.settled(world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: true }).id);
    expect(crm.notes.map(({ chunk }) => sha256(chunk.body))).toEqual(preview.parts.map(({ bodySha256 }) => bodySha256));
    for (const [text] of aged) expect([text, crm.notes[0]?.chunk.body.includes(`: ${text}`)]).toEqual([text, (told as readonly string[]).includes(text)]);
  });

  it('begins with one message, is remembered, and later pushes are increments', async () => {
    const { crm, world, connection, conversation } = await scene();
    const [, second] = ['uno', 'dos', 'tres'].map((text) => world.addMessage(conversation, { text }));
    if (second === undefined) throw new Error('no message');
    const chosen = { since: 'message', fromId: second } as const;
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection, range: chosen });
    const push = await world.settled(world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: true }).id);
    expect(crm.notes[0]?.chunk.body).not.toContain('uno');
    world.addMessage(conversation, { text: 'cuatro', atMs: nowMs });
    const later = await world.crm.plan({ conversationId: conversation, connectionId: connection, range: { since: 'everything' } });
    expect(later).toMatchObject({ range: null, newMessageCount: 1 });
    await world.crm.withdraw({ id: push.id });
    expect(await key(world, conversation, connection)).toMatchObject({ range: chosen, newMessageCount: 3 });
  });

  it('“today” is the person’s own day, also when the clock is turned', () => {
    const start = (iso: string) => new Date(startOf({ since: 'today' }, Date.parse(iso), 'Europe/Tallinn').atMs ?? 0).toISOString();
    expect(start('2026-11-22T12:34:56Z')).toBe('2026-11-21T22:00:00.000Z');
    expect(start('2026-03-29T12:00:00Z')).toBe('2026-03-28T22:00:00.000Z');
    expect(start('2026-10-25T12:00:00Z')).toBe('2026-10-24T21:00:00.000Z');
    expect(start('2026-10-24T21:00:00Z')).toBe('2026-10-24T21:00:00.000Z');
  });
});

describe('what is hidden', () => {
  const iban = 'ES91 2100 0418 4502 0005 1332';

  it('is hidden in preview, note, plan and one click; hash-equal (T19, T20)', async () => {
    const { crm, world, connection, conversation, profileDir } = await scene();
    world.addMessage(conversation, { text: `cuenta ${iban}, pedido 4111 1111 1111 1112` });
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection });
    expect(preview.parts[0]?.text).toContain('cuenta •••• •••• •••• •••• •••• ••••, pedido 4111 1111 1111 1112');
    expect(preview.masks).toMatchObject([{ kind: 'iban', isRevealed: false }]);
    await world.settled(world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: true }).id);
    world.addMessage(conversation, { text: 'tu código es 482913' });
    const { push } = await world.crm.pushNow({ conversationId: conversation, connectionId: connection });
    await world.settled(push?.id ?? (0 as never));
    expect(crm.notes[0]?.chunk.body).toBe(preview.parts[0]?.text);
    expect(crm.notes[1]?.chunk.body).toContain('tu código es ••••••');
    // In the messages it stands; in what the CRM room keeps it does not.
    expect(filesContaining(profileDir, ['0005 1332']).length).toBeGreaterThan(0);
    expect(JSON.stringify(world.db.prepare('SELECT * FROM crm_plans').all())).not.toContain('1332');
  });

  it('control: with all of it switched off the same text goes out as it is, under another hash', async () => {
    const { crm, world, connection, conversation } = await scene();
    world.addMessage(conversation, { text: `cuenta ${iban}, código 482913, Halcón` });
    const plain = { isIbanHidden: false, isCardHidden: false, isNationalIdHidden: false, isCodeHidden: false, words: [] };
    const hidden = await key(world, conversation, connection);
    world.crm.updateConnection({ id: connection, patch: { redaction: plain } });
    const preview = await key(world, conversation, connection);
    expect(preview.masks).toEqual([]);
    expect(preview.parts[0]?.text).toContain(`cuenta ${iban}, código 482913, Halcón`);
    expect(preview.parts[0]?.bodySha256).not.toBe(hidden.parts[0]?.bodySha256);
    await world.settled(world.crm.push({ planId: hidden.planId, targetKey: 'create', rememberOneClick: false }).id);
    // The plan that was shown is what is written, whatever was set since.
    expect(sha256(crm.notes[0]?.chunk.body ?? '')).toBe(hidden.parts[0]?.bodySha256);
  });

  it('control: a note with one changed character is not the one that was shown', async () => {
    const { crm, world, connection, conversation } = await scene();
    world.addMessage(conversation, { text: 'hola' });
    const preview = await key(world, conversation, connection);
    const frozen = world.db.prepare('SELECT content FROM crm_plans').get() as { content: string };
    world.db.prepare('UPDATE crm_plans SET content = ?').run(frozen.content.replaceAll(': hola', ': hole'));
    await world.settled(world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: false }).id);
    expect(crm.notes.map(({ chunk }) => sha256(chunk.body))).not.toEqual(preview.parts.map(({ bodySha256 }) => bodySha256));
  });

  it('is shown item by item, and that is recorded when it leaves', async () => {
    const { crm, world, connection, conversation } = await scene();
    const id = world.addMessage(conversation, { text: `DNI 12345678Z, ${iban}` });
    const first = await key(world, conversation, connection);
    const mask = first.masks?.find(({ kind }) => kind === 'iban');
    const preview = await world.crm.plan({ conversationId: conversation, connectionId: connection, revealed: [mask?.id ?? ''] });
    expect(preview.parts[0]?.text).toContain(`DNI •••••••••, ${iban}`);
    expect(world.crm.auditOf(conversation)).toEqual([]);
    await world.settled(world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: false }).id);
    expect(crm.notes[0]?.chunk.body).toContain(iban);
    const revealed = world.crm.auditOf(conversation).filter(({ action }) => action === 'revealed');
    expect(revealed.map(({ detail }) => detail)).toEqual([`iban in message ${id}`]);
  });

  it('follows the settings of the connection', async () => {
    const { world, connection, conversation } = await scene();
    world.addMessage(conversation, { text: `DNI 12345678Z, ${iban}, Proyecto Halcón` });
    const redaction = { isIbanHidden: false, isCardHidden: true, isNationalIdHidden: true, isCodeHidden: true, words: ['proyecto halcón'] };
    expect(world.crm.updateConnection({ id: connection, patch: { redaction } }).redaction).toEqual(redaction);
    expect((await key(world, conversation, connection)).parts[0]?.text).toContain(`DNI •••••••••, ${iban}, •••••••• ••••••`);
  });
});

describe('“never push”', () => {
  it.each(['person', 'conversation', 'account'] as const)('of a %s stops sheet, one click and what is under way, and asks nobody (T21)', async (scope) => {
    const { crm, world, connection, conversation } = await scene({ undoMs: 60_000 });
    world.addMessage(conversation, { text: 'hola' });
    const early = await key(world, conversation, connection);
    const waiting = world.crm.push({ planId: early.planId, targetKey: 'create', rememberOneClick: true });
    world.crm.setNeverPush({ conversationId: conversation, scope, isOn: true });
    expect(world.crm.queue({ limit: 5 }).find(({ id }) => id === waiting.id)?.state).toBe('cancelled');
    crm.calls.length = 0;
    const refusal = { rpcError: { code: 'never-push', detail: scope } };
    await expect(key(world, conversation, connection)).rejects.toMatchObject(refusal);
    await expect(world.crm.pushNow({ conversationId: conversation, connectionId: connection })).rejects.toMatchObject(refusal);
    expect((await world.crm.summary({ conversationId: conversation }))[0]).toMatchObject({ neverBy: scope, canPushAtOnce: false });
    expect(crm.calls).toEqual([]);
    expect(crm.notes).toEqual([]);
    world.crm.setNeverPush({ conversationId: conversation, scope, isOn: false });
    expect((await world.crm.summary({ conversationId: conversation }))[0]?.neverBy).toBeNull();
    await expect(key(world, conversation, connection)).resolves.toMatchObject({ newMessageCount: 1 });
    expect(world.crm.auditOf(conversation).map(({ action }) => action)).toEqual(expect.arrayContaining(['forbidden', 'allowed']));
  });

  it('refuses a plan that was made before', async () => {
    const { world, connection, conversation } = await scene();
    world.addMessage(conversation, { text: 'hola' });
    const { planId } = await key(world, conversation, connection);
    world.crm.setNeverPush({ conversationId: conversation, scope: 'conversation', isOn: true });
    expect(() => world.crm.push({ planId, targetKey: 'create', rememberOneClick: false })).toThrow('forbidden');
  });

  it('ends a push that waits to be tried again', async () => {
    const { crm, world, connection, conversation, clock } = await scene();
    world.addMessage(conversation, { text: 'hola' });
    const { planId } = await key(world, conversation, connection);
    crm.failures.push(new Offline(), new Offline());
    const push = world.crm.push({ planId, targetKey: 'create', rememberOneClick: false });
    const stateIs = (state: string) => until(() => world.crm.queue({ limit: 5 }).some((row) => row.id === push.id && row.state === state), { label: state });
    await stateIs('waiting');
    world.crm.setNeverPush({ conversationId: conversation, scope: 'conversation', isOn: true });
    clock.ms += 10 * hourMs;
    world.crm.wake();
    await stateIs('cancelled');
    expect(crm.notes).toEqual([]);
  });

  it('stays with a person over a merge of cards, and covers groups they wrote in, not other people', async () => {
    const { world, connection, conversation } = await scene();
    const other = world.addConversation({ name: 'Ben', handle: 'ben@levante.example' });
    const group = world.addConversation({ name: 'Taller', handle: 'taller@rooms.example', kind: 'group' });
    for (const id of [conversation, other, group]) world.addMessage(id, { text: 'hola' });
    world.crm.setNeverPush({ conversationId: conversation, scope: 'person', isOn: true });
    await expect(key(world, other, connection)).resolves.toMatchObject({ newMessageCount: 1 });
    await expect(key(world, group, connection)).resolves.toMatchObject({ newMessageCount: 1 });
    change(world.db, `UPDATE messages SET sender_id = (SELECT peer_id FROM conversations WHERE id = ?) WHERE conversation_id = ?`, conversation, group);
    await expect(key(world, group, connection)).rejects.toMatchObject({ rpcError: { detail: 'person' } });
    change(world.db, `UPDATE addresses SET person_id = (SELECT person_id FROM addresses WHERE handle = 'ben@levante.example')`);
    await expect(key(world, other, connection)).rejects.toMatchObject({ rpcError: { detail: 'person' } });
  });
});

it('a file on staff wants a second yes, and no click goes by itself', async () => {
  const { crm, world, connection, conversation } = await scene({ isPersonnel: true });
  world.addMessage(conversation, { text: 'hola' });
  const preview = await key(world, conversation, connection);
  expect(preview.needsConfirmation).toBe(true);
  const given = { planId: preview.planId, targetKey: 'create', rememberOneClick: true };
  expect(() => world.crm.push(given)).toThrow('second yes');
  await world.settled(world.crm.push({ ...given, isConfirmed: true }).id);
  world.addMessage(conversation, { text: 'más' });
  expect((await world.crm.pushNow({ conversationId: conversation, connectionId: connection })).push).toBeNull();
  expect(crm.notes).toHaveLength(1);
});

describe('the log of what was pushed', () => {
  it('lists who sent what, where and when, newest first and page by page, without a word of it', async () => {
    const { world, connection, conversation, clock } = await scene();
    const other = world.addConversation({ name: 'Kalev Tamm' });
    for (const id of [conversation, other]) {
      world.addMessage(id, { text: 'secret offer' });
      const preview = await key(world, id, connection);
      await world.settled(world.crm.push({ planId: preview.planId, targetKey: 'create', rememberOneClick: false }).id);
      clock.ms += hourMs;
    }
    const all = world.crm.audit({ beforeId: null, limit: 100 });
    const written = all.filter(({ action }) => action === 'written');
    expect(written.map(({ conversationTitle, atMs, recordKind }) => [conversationTitle, atMs, recordKind])).toEqual([
      ['Kalev Tamm', nowMs + hourMs, 'note'],
      ['Marta Ruiz', nowMs, 'note'],
    ]);
    expect(written.every(({ account, recordId }) => account !== null && recordId !== null)).toBe(true);
    expect(JSON.stringify(all)).not.toContain('secret');

    const pages = [];
    for (let page = world.crm.audit({ beforeId: null, limit: 2 }); page.length > 0; page = world.crm.audit({ beforeId: page.at(-1)?.id ?? 0, limit: 2 })) pages.push(...page);
    expect(pages).toEqual(all);
  });
});
