import type { NetworkId } from '#model';
import type { AccountId, ServiceAlertKind, ServiceAlertRow } from '#rpc';
import type { ReadableDb } from '../store/database.ts';
import { networkHours } from '../store/repositories/network-hours.ts';
import type { AlertKey } from '../store/repositories/service-alerts.ts';
import { serviceLogins, type LoginRecord } from '../store/repositories/service-logins.ts';
import { isUnusuallySilent, learnedHours } from './silence-model.ts';

/** Bridges and networks lose their connection and find it again; sooner than this it is not worth a word. */
const shortestWaitMs = 5 * 60_000;
/** WhatsApp signs linked devices out when their phone was off for 14 days; from here there is time to find it. */
const phoneWarningMs = 11 * 24 * 3_600_000;
const hourMs = 3_600_000;

/** Networks that sign their linked devices out when the phone is off for two weeks. */
const needsPhone: ReadonlySet<string> = new Set(['whatsapp']);

const outKinds: Readonly<Record<LoginRecord['state'], ServiceAlertKind | null>> = {
  connected: null,
  connecting: 'waiting',
  waiting: 'waiting',
  'needs-login': 'signed-out',
  'signed-out': 'signed-out',
  failed: 'signed-out',
};

/** A bot has no way to be asked, and none to sign in again that we could lead through. */
export const isBot = (service: string): boolean => service.startsWith('@');

const ofLogin = (login: LoginRecord, nowMs: number): ServiceAlertRow | null => {
  const { accountId, service, loginId, network, name } = login;
  const subject = `${service} ${loginId}`;
  const base = { accountId, subject, network, service, loginId, name, canSignIn: false };
  const kind = outKinds[login.state];
  if (kind === 'signed-out') return { ...base, kind, sinceMs: login.sinceMs, canSignIn: !isBot(service) };
  if (kind === 'waiting') return nowMs - login.sinceMs < shortestWaitMs ? null : { ...base, kind, sinceMs: login.sinceMs };
  const isPhoneLost = login.isPhoneOffline || nowMs - login.phoneSeenMs >= phoneWarningMs;
  return needsPhone.has(network) && isPhoneLost ? { ...base, kind: 'phone', sinceMs: login.phoneSeenMs } : null;
};

export interface SilentWorld {
  readonly nowMs: number;
  /** Only what is online can be silent. */
  readonly isOnline: (accountId: AccountId) => boolean;
  readonly kindOf?: ((hour: number) => number) | undefined;
  /** This silence was told already: it lasts until somebody writes, also through the night. */
  readonly isTold: (accountId: AccountId, network: NetworkId, sinceMs: number) => boolean;
}

const ofNetwork = (db: ReadableDb, accountId: AccountId, network: NetworkId, { nowMs, kindOf, isTold }: SilentWorld): ServiceAlertRow | null => {
  const nowHour = Math.floor(nowMs / hourMs);
  const all = networkHours.since(db, { accountId, network }, nowHour - 2 * learnedHours);
  const hours = all.filter((hour) => hour <= nowHour);
  const last = hours.at(-1);
  if (last === undefined) return null;
  const sinceMs = (last + 1) * hourMs;
  if (!isTold(accountId, network, sinceMs) && !isUnusuallySilent({ hours, nowHour, kindOf })) return null;
  return { accountId, kind: 'silence', subject: network, network, service: null, loginId: null, name: '', sinceMs, canSignIn: false };
};

/** Everything about bridges that a person should know now. */
export const findAlerts = (db: ReadableDb, world: SilentWorld): readonly ServiceAlertRow[] => {
  const logins = serviceLogins.list(db);
  const ofLogins = logins.flatMap((login) => ofLogin(login, world.nowMs) ?? []);
  // Who can be asked is not judged by silence; of whom something is known to be wrong, silence says nothing new.
  const isCovered = (accountId: AccountId, network: NetworkId): boolean =>
    logins.some((login) => login.accountId === accountId && login.network === network && (!isBot(login.service) || login.state !== 'connected'));
  const silent = networkHours
    .networks(db)
    .filter(({ accountId, network }) => world.isOnline(accountId) && !isCovered(accountId, network))
    .flatMap(({ accountId, network }) => ofNetwork(db, accountId, network, world) ?? []);
  return [...ofLogins, ...silent];
};

export const isSameAlert = (one: AlertKey, other: AlertKey): boolean =>
  one.accountId === other.accountId && one.kind === other.kind && one.subject === other.subject;
