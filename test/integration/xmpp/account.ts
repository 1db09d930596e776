import { randomUUID } from 'node:crypto';
import type { BridgeEvent, BridgeSession, Json } from '#bridge';
import { accountId, remoteConversationId, transactionId, type RemoteMessage } from '#model';
import { createXmppBridge } from '../../../bridges/xmpp/index.ts';
import type { XmppEnvironment } from '../../../bridges/xmpp/account-settings.ts';
import type { ChaosProxy } from '../../kit/chaos-proxy.ts';
import { createFakeHost, type FakeHost } from '../../kit/fake-host.ts';
import { until } from '../../kit/until.ts';
import { startSlixmppPeer, type SlixmppPeer, type XmppPlace } from '../../lab/index.ts';

/** Short waits, so that a test with many reconnects stays quick. */
export const quickTimings: XmppEnvironment['timings'] = { backoffLeastMs: 100, backoffMostMs: 1_000 };

export interface TestAccount {
  readonly jid: string;
  readonly session: BridgeSession;
  readonly host: FakeHost;
}

export interface OpenOptions {
  readonly port?: number | undefined;
  readonly savedState?: Json | null | undefined;
  readonly environment?: XmppEnvironment | undefined;
}

/** Makes accounts. */
export async function register(server: XmppPlace, ...users: readonly string[]): Promise<void> {
  for (const user of users) await server.register(user, passwordOf(user));
}

export const passwordOf = (user: string): string => `pw-${user}-ñ`;

/** Somebody, or another device of ours, with another program. */
export const connectPeer = ({ domain, host, c2sPort: port, caFile }: XmppPlace, user: string, resource: string): Promise<SlixmppPeer> =>
  startSlixmppPeer({ jid: `${user}@${domain}/${resource}`, password: passwordOf(user), host, port, caFile });

/** How the account proved itself when it was added, as the next sign-ins will know it. */
export const strengthOf = (secrets: Readonly<Record<string, string>>): { mechanism: string; binding: string | null } =>
  (JSON.parse(secrets['sign-in'] ?? '{}') as { strongest: { mechanism: string; binding: string | null } }).strongest;

/** A session of `user` on the lab's server, not yet started. */
export function openAccount(server: XmppPlace, user: string, options: OpenOptions = {}): TestAccount {
  const { port = server.c2sPort, savedState = null, environment } = options;
  const jid = `${user}@${server.domain}`;
  const host = createFakeHost({ secrets: { password: passwordOf(user) } });
  const bridge = createXmppBridge({ ca: server.caPem, timings: quickTimings, ...environment });
  const account = { id: accountId(1), address: jid, displayName: null, settings: { host: server.host, port } };
  return { jid, host, session: bridge.open(account, savedState, host) };
}

/** Starts a session and waits until it is online. */
export async function goOnline(server: XmppPlace, user: string, options: OpenOptions = {}): Promise<TestAccount> {
  const account = openAccount(server, user, options);
  await account.session.start();
  await untilOnline(account);
  return account;
}

export async function untilOnline({ host, jid }: TestAccount, timeoutMs = 20_000): Promise<void> {
  const isOnline = (): boolean => host.of('state').at(-1)?.connection === 'online';
  await until(isOnline, { label: `${jid} to be online`, timeoutMs });
}

export async function close(account: TestAccount): Promise<void> {
  await account.session.stop();
  account.host.dispose();
}

export const outgoing = (to: string, id: string, text: string): Parameters<BridgeSession['send']>[0] => ({
  conversationId: remoteConversationId(to),
  transactionId: transactionId(id),
  text,
  writtenAtMs: Date.now(),
});

/** Messages as the store folds them: by remote id, or by sender and the sender's id, into one row each. */
export function storedMessages(events: readonly BridgeEvent[]): RemoteMessage[] {
  const rows: RemoteMessage[] = [];
  const rowOf = new Map<string, number>();
  for (const event of events) {
    if (event.type !== 'message.upserted') continue;
    const { message } = event;
    const { remoteId, alternateId, senderId, conversationId } = message;
    const names = [`r ${remoteId}`, ...(alternateId === undefined ? [] : [`a ${conversationId} ${senderId} ${alternateId}`])];
    const index = names.map((name) => rowOf.get(name)).find((found) => found !== undefined) ?? rows.length;
    rows[index] = message;
    for (const name of names) rowOf.set(name, index);
  }
  return rows;
}

/** What the engine's outbox does: in order, again after a lost connection, until the server has it. */
export async function sendInOrder(
  account: TestAccount,
  to: string,
  messages: readonly { readonly id: string; readonly text: string }[],
): Promise<void> {
  for (const { id, text } of messages) {
    for (;;) {
      try {
        await account.session.send(outgoing(to, id, text));
        break;
      } catch {
        await untilOnline(account, 30_000);
      }
    }
  }
}

/**
 * Sends one message after the other, and cuts all connections of `proxy` in the middle of every `every`th: at once, and
 * every other time once more while the connection is being made again. Goes by what happened and by no clock, so that a
 * slow machine is cut as often as a quick one.
 * @returns the number of connections that were cut
 */
export async function sendWhileCutting(
  account: TestAccount,
  to: string,
  messages: readonly { readonly id: string; readonly text: string }[],
  { proxy, every }: { readonly proxy: ChaosProxy; readonly every: number },
): Promise<number> {
  let cuts = 0;
  const cut = async (): Promise<void> => {
    await until(() => proxy.openConnectionCount > 0, { label: 'something to cut', timeoutMs: 30_000, intervalMs: 1 });
    cuts += proxy.openConnectionCount;
    proxy.reset();
  };
  for (const [index, message] of messages.entries()) {
    const sent = sendInOrder(account, to, [message]);
    if (index % every === every - 1) await cut();
    if (index % (2 * every) === 2 * every - 1) await cut();
    await sent;
  }
  return cuts;
}

/** Two fresh accounts that know nothing of each other: ours, online, and somebody's with another program. */
export async function twoPeople(server: XmppPlace): Promise<{ names: { own: string; other: string }; alice: TestAccount; peer: SlixmppPeer }> {
  const names = { own: `own${randomUUID().slice(0, 8)}`, other: `other${randomUUID().slice(0, 8)}` };
  await register(server, ...Object.values(names));
  const alice = await goOnline(server, names.own);
  return { names, alice, peer: await connectPeer(server, names.other, 'peer') };
}
