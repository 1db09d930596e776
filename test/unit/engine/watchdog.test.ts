import { describe, expect, it } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { networkId, remoteConversationId, type ServiceLogin } from '#model';
import { addFakeAccount, startEngine, type EngineClient } from '../../kit/engine-client.ts';
import { conversationEvents, createFakeBridge, messageEvent, self, stateEvent, type FakeBridge } from '../../kit/fake-bridge.ts';
import { until } from '../../kit/until.ts';

const whatsapp = networkId('whatsapp');
const irc = networkId('irc');
const service = 'https://bridge.example';
const bot = '@heisenbridge:example';
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

interface World {
  readonly client: EngineClient;
  readonly bridge: FakeBridge;
  /** The clock of the engine. */
  readonly clock: { nowMs: number };
}

const start = async (): Promise<World> => {
  const clock = { nowMs: new Date(2026, 10, 17, 9, 0).getTime() };
  const bridge = createFakeBridge();
  const client = await startEngine({ bridges: [bridge], now: () => clock.nowMs });
  await addFakeAccount(client);
  await bridge.say(...conversationEvents('chat'), { type: 'conversation.patched', conversationId: remoteConversationId('chat'), patch: { network: whatsapp } });
  return { client, bridge, clock };
};
const login = (state: ServiceLogin['state'], more: Partial<ServiceLogin> = {}): ServiceLogin => ({ id: 'l1', name: '+34 600', state, sinceMs: null, detail: null, isStale: false, ...more });
const told = (...logins: readonly ServiceLogin[]): BridgeEvent => ({ type: 'logins.replaced', service, network: whatsapp, logins });
const alertsOf = async ({ client }: World) => (await client.call('services.alerts', {})).map(({ kind, network, sinceMs, canSignIn }) => ({ kind, network, sinceMs, canSignIn }));
const outagesOf = async ({ client }: World) => {
  const chat = (await client.conversations()).find(({ title }) => title === 'chat');
  if (chat === undefined) throw new Error('no chat');
  return await client.call('services.outages', { conversationId: chat.id });
};
/** Something of before, so that there is a place for a gap. */
const talk = ({ bridge, clock }: World, id = 'before') => bridge.say(messageEvent('chat', id, 'words', clock.nowMs));

describe('a login at a bridge', () => {
  it('that is out is told once, since when and with the way back, and forgotten when it is in again', async () => {
    const world = await start();
    const { bridge, clock, client } = world;
    await bridge.say(told(login('connected')));
    expect(await alertsOf(world)).toEqual([]);
    clock.nowMs += 40 * minuteMs;
    const sinceMs = clock.nowMs - 10 * minuteMs;
    await bridge.say(told(login('needs-login', { sinceMs })));
    clock.nowMs += minuteMs;
    await bridge.say(told(login('signed-out', { sinceMs: clock.nowMs })));
    expect(await alertsOf(world)).toEqual([{ kind: 'signed-out', network: whatsapp, sinceMs, canSignIn: true }]);
    await until(() => client.of('alert.raised').length > 0);
    expect(client.of('alert.raised')).toEqual([{ kind: 'signed-out', network: whatsapp, networkName: 'WhatsApp', sinceMs }]);
    await bridge.say(told(login('connected')));
    expect(await alertsOf(world)).toEqual([]);
    await bridge.say(told(login('failed')));
    await until(() => client.of('alert.raised').length === 2);
  });

  it('that only waits is told after five minutes, without a call; a bridge that does not answer likewise', async () => {
    const world = await start();
    const { bridge, clock, client } = world;
    await bridge.say(told(login('connected')));
    await bridge.say({ type: 'logins.replaced', service, network: null, logins: null });
    clock.nowMs += 4 * minuteMs;
    expect(await alertsOf(world)).toEqual([]);
    clock.nowMs += 2 * minuteMs;
    expect((await alertsOf(world)).map(({ kind }) => kind)).toEqual(['waiting']);
    expect(client.of('alert.raised')).toEqual([]);
  });

  it('never begins to be out before it was last seen to be in, whatever the bridge says', async () => {
    const world = await start();
    const { bridge, clock } = world;
    await bridge.say(told(login('connected')));
    const confirmedMs = clock.nowMs;
    clock.nowMs += hourMs;
    await bridge.say(told(login('needs-login', { sinceMs: 1 })));
    expect((await alertsOf(world))[0]?.sinceMs).toBe(confirmedMs);
  });

  it('that somebody signed out leaves nothing behind', async () => {
    const world = await start();
    await world.bridge.say(told(login('needs-login')));
    await world.bridge.say(told());
    expect(await alertsOf(world)).toEqual([]);
  });

  it('is dismissed until it was over once', async () => {
    const world = await start();
    const { bridge, client, clock } = world;
    await bridge.say(told(login('needs-login')));
    const [alert] = await client.call('services.alerts', {});
    if (alert === undefined) throw new Error('no alert');
    const { accountId, kind, subject } = alert;
    await client.call('services.dismissAlert', { accountId, kind, subject });
    clock.nowMs += dayMs;
    await bridge.say(told(login('needs-login')));
    expect(await alertsOf(world)).toEqual([]);
    await bridge.say(told(login('connected')));
    await bridge.say(told(login('needs-login')));
    expect(await alertsOf(world)).toHaveLength(1);
    await expect(client.call('services.dismissAlert', { accountId, kind: 'silence', subject })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the phone behind WhatsApp', () => {
  it('is asked for when the bridge has not seen it, or when nobody wrote on it for eleven days', async () => {
    const world = await start();
    const { bridge, clock, client } = world;
    await bridge.say(told(login('connected', { warning: 'phone-offline' })));
    expect((await alertsOf(world)).map(({ kind }) => kind)).toEqual(['phone']);
    await bridge.say(told(login('connected')));
    expect(await alertsOf(world)).toEqual([]);
    clock.nowMs += 10 * dayMs;
    await bridge.say(messageEvent('chat', 'own', 'from my phone', clock.nowMs, { senderId: self, isOwn: true }));
    clock.nowMs += 10 * dayMs;
    expect(await alertsOf(world)).toEqual([]);
    clock.nowMs += dayMs;
    const [alert] = await client.call('services.alerts', {});
    expect(alert?.kind).toBe('phone');
    await client.call('services.dismissAlert', { accountId: alert!.accountId, kind: 'phone', subject: alert!.subject });
    clock.nowMs += 10 * dayMs;
    expect(await alertsOf(world)).toEqual([]);
    clock.nowMs += dayMs;
    expect((await alertsOf(world)).map(({ kind }) => kind)).toEqual(['phone']);
  });
});

describe('messages that may be missing', () => {
  it('are a gap from the outage to its end, until the bridge brings what was said', async () => {
    const world = await start();
    const { bridge, clock } = world;
    await talk(world);
    await bridge.say(told(login('connected')));
    clock.nowMs += hourMs;
    const fromMs = clock.nowMs;
    await bridge.say(told(login('needs-login', { sinceMs: fromMs })));
    clock.nowMs += hourMs;
    expect(await outagesOf(world)).toEqual([{ fromMs, untilMs: null }]);
    await bridge.say(told(login('connected')));
    const untilMs = clock.nowMs;
    await talk(world, 'after');
    expect(await outagesOf(world)).toEqual([{ fromMs, untilMs }]);
    await bridge.say(messageEvent('chat', 'meanwhile', 'said meanwhile', fromMs + minuteMs, {}, 'history'));
    expect(await outagesOf(world)).toEqual([]);
  });

  it('are none after a hiccup, in a conversation that began later, or on another network', async () => {
    const world = await start();
    const { bridge, clock } = world;
    await talk(world);
    await bridge.say(told(login('connected')));
    clock.nowMs += hourMs;
    await bridge.say(told(login('waiting')));
    clock.nowMs += 4 * minuteMs;
    await bridge.say(told(login('connected')));
    expect(await outagesOf(world)).toEqual([]);
    await bridge.say(told(login('needs-login')));
    clock.nowMs += hourMs;
    expect(await outagesOf(world)).toHaveLength(1);
    await bridge.say({ type: 'conversation.patched', conversationId: remoteConversationId('chat'), patch: { network: irc } });
    expect(await outagesOf(world)).toEqual([]);
  });
});

describe('a network whose bridge cannot be asked', () => {
  const name = (state: ServiceLogin['state'], sinceMs: number): BridgeEvent => ({ type: 'login.upserted', service: bot, network: irc, login: login(state, { id: '!net', name: 'lab', sinceMs }) });
  const onIrc = async (): Promise<World> => {
    const world = await start();
    await world.bridge.say({ type: 'conversation.patched', conversationId: remoteConversationId('chat'), patch: { network: irc } });
    return world;
  };

  it('is out when its bot says so, and in again when somebody writes; what it says itself proves nothing', async () => {
    const world = await onIrc();
    const { bridge, clock } = world;
    await bridge.say(name('signed-out', clock.nowMs));
    expect(await alertsOf(world)).toEqual([{ kind: 'signed-out', network: irc, sinceMs: clock.nowMs, canSignIn: false }]);
    clock.nowMs += minuteMs;
    await bridge.say(messageEvent('chat', 'n', 'No such command', clock.nowMs, { kind: 'notice' }));
    expect(await alertsOf(world)).toHaveLength(1);
    await talk(world);
    expect(await alertsOf(world)).toEqual([]);
  });

  it('is told to be silent when it is so as never before, once, and while the account is online', async () => {
    const world = await onIrc();
    const { bridge, clock, client } = world;
    const beganMs = clock.nowMs;
    // Three weeks in which somebody wrote every hour of the day, from nine to five.
    for (let day = 0; day < 21; day += 1) {
      for (let hour = 0; hour < 8; hour += 1) {
        clock.nowMs = beganMs + day * dayMs + hour * hourMs;
        await talk(world, `${String(day)}-${String(hour)}`);
      }
    }
    const lastMs = clock.nowMs;
    clock.nowMs = lastMs + 20 * hourMs;
    expect(await alertsOf(world)).toEqual([]);
    clock.nowMs = beganMs + 21 * dayMs + 7 * hourMs;
    expect(await alertsOf(world)).toEqual([{ kind: 'silence', network: irc, sinceMs: (Math.floor(lastMs / hourMs) + 1) * hourMs, canSignIn: false }]);
    // Through the night, when nothing would be said, into the next day.
    for (let hour = 0; hour < 22; hour += 1) {
      clock.nowMs += hourMs;
      expect(await alertsOf(world)).toHaveLength(1);
    }
    await until(() => client.of('alert.raised').length > 0);
    await bridge.say(stateEvent('offline'));
    expect(await alertsOf(world)).toEqual([]);
    await bridge.say(stateEvent('online'));
    await talk(world, 'back');
    expect(await alertsOf(world)).toEqual([]);
    expect(client.of('alert.raised')).toHaveLength(1);
  }, 30_000);
});

it('what a bridge may not say goes to quarantine', async () => {
  const world = await start();
  await world.bridge.say(told(login('asleep' as never)));
  await world.bridge.say({ type: 'logins.replaced', service: '', network: whatsapp, logins: [login('failed')] });
  await world.bridge.say(told(...Array.from({ length: 101 }, (_unused, index) => login('failed', { id: String(index) }))));
  expect(await alertsOf(world)).toEqual([]);
});
