// needs: synapse gateways tools
/** Bridges that break, from a real Synapse to what the engine says: one that can be asked (fakenet), one that cannot (heisenbridge). */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromColumns, type ConversationRow } from '#rpc';
import { matrixBridge } from '../../../bridges/matrix/index.ts';
import { startEngine, type EngineClient, type EngineClientOptions } from '../../kit/engine-client.ts';
import { until } from '../../kit/until.ts';
import { startFakenet, startHeisenbridge, startIrcPeer, startNgircd, startSynapse, type Fakenet, type SynapseServer } from '../../lab/index.ts';

let synapse: SynapseServer;
let fakenet: Fakenet;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const patience = { timeoutMs: 30_000 };

beforeAll(async () => {
  synapse = await startSynapse();
  fakenet = await startFakenet(synapse);
});
afterAll(async () => {
  await fakenet?.stop();
  await synapse?.stop();
});

const isOnline = async (client: EngineClient): Promise<boolean> => (await client.accounts())[0]?.state === 'online';
/** An engine with one account of a person of its own, on a clock that the test moves. */
const start = async (name: string, clock: { aheadMs: number }, more: EngineClientOptions = {}) => {
  await synapse.register(name, `${name}-secret`);
  const client = await startEngine({ bridges: [matrixBridge], now: () => Date.now() + clock.aheadMs, ...more });
  const address = `@${name}:localhost`;
  const values = { address, password: `${name}-secret`, server: fakenet.homeserverUrl };
  await client.call('accounts.add', { bridgeId: matrixBridge.id, flowId: 'password', values });
  await until(() => isOnline(client), { label: 'online', ...patience });
  return { client, address };
};
const kindsOf = async (client: EngineClient): Promise<readonly string[]> => (await client.call('services.alerts', {})).map(({ kind, network }) => `${kind} ${network}`);
const told = (client: EngineClient, ...kinds: readonly string[]) =>
  until(async () => JSON.stringify(await kindsOf(client)) === JSON.stringify(kinds), { label: `alerts: ${kinds.join(', ') || 'none'}`, ...patience });
/** Invitations too. */
const listed = async (client: EngineClient): Promise<readonly ConversationRow[]> => {
  const pages = [{}, { isRequest: true }].map((filter) => client.call('conversations.list', { filter, after: null, limit: 50 }));
  return (await Promise.all(pages)).flatMap(({ rows }) => fromColumns(rows));
};
/** Accepts whatever invites us until there is a conversation of this name. */
const enter = (client: EngineClient, title: RegExp): Promise<ConversationRow> =>
  until(
    async () => {
      const all = await listed(client);
      for (const row of all) if (row.membership === 'invited') await client.call('conversations.accept', { id: row.id }).catch(() => undefined);
      return all.find((row) => row.membership === 'joined' && title.test(row.title));
    },
    { label: `a conversation ${String(title)}`, ...patience },
  );
const outages = (client: EngineClient, { id }: ConversationRow) => client.call('services.outages', { conversationId: id });

describe('a bridge that can be asked', () => {
  it('is heard by its bot, told with the time and the way back, and leaves a gap until its messages come', async () => {
    const clock = { aheadMs: -30 * minuteMs };
    const { client, address } = await start('wanda', clock);
    await fakenet.signIn(address);
    await fakenet.notice(address, 'You are signed in');
    const chat = await enter(client, /^Ann/u);
    await until(async () => (await client.messages(chat)).length > 0, patience);
    const login = () => fakenet.login(address)?.id;
    await until(async () => (await client.call('services.list', { accountId: chat.accountId })).some(({ logins }) => logins?.[0]?.state === 'connected'), patience);

    clock.aheadMs = -20 * minuteMs;
    fakenet.setState(address, { state_event: 'BAD_CREDENTIALS', error: 'wa-logged-out' });
    await fakenet.notice(address, 'You were logged out');
    await told(client, 'signed-out fakenet');
    expect((await client.call('services.alerts', {}))[0]).toMatchObject({ loginId: login(), canSignIn: true, name: '+1002003' });
    clock.aheadMs = 0;
    expect(await outages(client, chat)).toMatchObject([{ untilMs: null }]);

    fakenet.setState(address, { state_event: 'CONNECTED' });
    await fakenet.notice(address, 'You are back');
    await told(client);
    const [gap] = await outages(client, chat);
    expect((gap?.untilMs ?? 0) - (gap?.fromMs ?? 0)).toBeGreaterThan(15 * minuteMs);
    const portal = fakenet.portals().find(({ userId, chatId }) => userId === address && chatId === 'dm-ann');
    if (portal === undefined) throw new Error('no room of Ann');
    await fakenet.write(portal, 'ann', { body: 'after it' });
    await until(async () => (await client.messages(chat)).some(({ text }) => text === 'after it'), patience);
    expect(await outages(client, chat)).toHaveLength(1);
    await fakenet.write(portal, 'ann', { body: 'said meanwhile' }, Date.now() - 10 * minuteMs);
    await until(async () => (await outages(client, chat)).length === 0, { label: 'the gap is closed', ...patience });
  });

  it('is asked with our token below our own server alone, and seldom', async () => {
    const { address } = await start('sparse', { aheadMs: 0 });
    const asked = () => fakenet.requests.filter(({ path }) => path.endsWith('/whoami')).length;
    await until(() => asked() > 0, patience);
    const before = asked();
    for (let times = 0; times < 5; times += 1) await fakenet.notice(address, 'chatter');
    await until(() => asked() > before, patience);
    expect(asked() - before).toBeLessThanOrEqual(2);
    expect(new Set(fakenet.requests.map(({ token }) => token))).toEqual(new Set(['access']));
  });
});

describe('heisenbridge, which cannot be asked', () => {
  it('is told to be silent as never before; its own words and people who write tell how it goes', async () => {
    const clock = { aheadMs: 0 };
    const first = await start('ivo', clock);
    const { profileDir, vaultKey } = first.client;
    await first.client.stop();
    // Three weeks in which somebody wrote every hour, and then three days in which nobody did.
    const db = new Database(join(profileDir, 'palomar.db'));
    const nowHour = Math.floor(Date.now() / hourMs);
    for (let hour = nowHour - 24 * 24; hour < nowHour - 72; hour += 1) db.prepare("INSERT INTO network_hours VALUES (1, 'irc', ?)").run(hour);
    db.close();
    const client = await startEngine({ bridges: [matrixBridge], profileDir, vaultKey, now: () => Date.now() + clock.aheadMs });
    await told(client, 'silence irc');

    const irc = await startNgircd();
    const bridge = await startHeisenbridge(synapse, irc, { owner: first.address });
    const ben = await startIrcPeer({ host: irc.host, port: irc.port, nick: 'ben' });
    let isOver = false;
    try {
      await ben.join('#lab');
      const say = (row: ConversationRow, text: string) =>
        client.call('messages.send', { conversationId: row.id, clientId: crypto.randomUUID(), text, replyToId: null, files: [] });
      const control = await enter(client, /./u);
      for (const command of bridge.setUpCommands) await say(control, command);
      const network = await enter(client, /^lab$/u);
      for (const command of ['NICK ivo', 'CONNECT']) await say(network, command);
      await until(async () => (await client.messages(network)).some(({ text }) => text.includes('Welcome')), { label: 'connected', ...patience });
      // What the bot says is no traffic.
      expect(await kindsOf(client)).toEqual(['silence irc']);
      await say(network, 'JOIN #lab');
      const channel = await enter(client, /^#lab/u);
      await say(channel, 'from matrix');
      expect(await ben.waitForText('ivo', '#lab')).toBe('from matrix');
      ben.say('#lab', 'from irc');
      await told(client);

      await say(network, 'DISCONNECT');
      await told(client, 'signed-out irc');
      await say(network, 'CONNECT');
      await told(client);
      isOver = true;
      await ben.stop();
      await irc.stop();
      await until(async () => (await client.messages(network)).some(({ text }) => text.startsWith('Disconnected, reconnecting')), { label: 'the loss', ...patience });
      expect(await kindsOf(client)).toEqual([]);
      clock.aheadMs = 6 * minuteMs;
      await told(client, 'waiting irc');
    } finally {
      await bridge.stop();
      if (!isOver) {
        await ben.stop();
        await irc.stop();
      }
    }
  }, 120_000);
});
