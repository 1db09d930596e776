import type { AccountId, ConversationId, OutageRow, ServiceAlertRow } from '#rpc';
import { networkName } from '../crm/core/network-name.ts';
import type { EventHub } from '../rpc/event-hub.ts';
import type { WritableDb } from '../store/database.ts';
import { networkHours } from '../store/repositories/network-hours.ts';
import { serviceAlerts, type AlertKey } from '../store/repositories/service-alerts.ts';
import { serviceLogins } from '../store/repositories/service-logins.ts';
import { serviceOutages } from '../store/repositories/service-outages.ts';
import { runTransaction } from '../store/transaction.ts';
import type { ChangeSet } from '../sync/change-set.ts';
import { findAlerts, isBot, isSameAlert, type SilentWorld } from './find-alerts.ts';

export interface WatchdogOptions {
  readonly db: WritableDb;
  readonly events: EventHub;
  readonly isOnline: SilentWorld['isOnline'];
  readonly now: () => number;
  /** The person wants to be told outside the window. */
  readonly mayCall: () => boolean;
  /** For tests; hours of the day where this computer stands unless told. */
  readonly kindOf?: SilentWorld['kindOf'];
}

/** Watches over bridges: says once when a network is out, when its phone is lost, when it is silent as never before. */
export interface Watchdog {
  /** What a batch brought: traffic, signs of a phone, news of logins. */
  readonly noteChanges: (changes: ChangeSet) => void;
  /** All that holds now and was not dismissed. */
  readonly alerts: () => readonly ServiceAlertRow[];
  /** Not again before it was over once. False: there is no such alert. */
  readonly dismiss: (key: AlertKey) => boolean;
  readonly outagesOf: (id: ConversationId) => readonly OutageRow[];
  readonly start: () => void;
  readonly stop: () => void;
}

const reviewMs = 60_000;
const hourMs = 3_600_000;

export const createWatchdog = ({ db, events, isOnline, now, mayCall, kindOf }: WatchdogOptions): Watchdog => {
  let timer: NodeJS.Timeout | undefined;
  let shown = '';

  /** What mends itself is only shown, not called out. */
  const call = (fresh: readonly ServiceAlertRow[]): void => {
    for (const { kind, network, sinceMs } of fresh) {
      if (kind !== 'waiting' && mayCall()) events.emit('alert.raised', { kind, network, networkName: networkName(network), sinceMs });
    }
  };

  /** Alerts that hold, after the list of what was said is put right; new ones are raised. */
  const review = (): readonly ServiceAlertRow[] => {
    const said = serviceAlerts.list(db);
    const isTold: SilentWorld['isTold'] = (accountId, network, sinceMs) =>
      said.some((one) => one.accountId === accountId && one.kind === 'silence' && one.subject === network && one.sinceMs === sinceMs);
    const found = findAlerts(db, { nowMs: now(), isOnline, kindOf, isTold });
    const isOver = (key: AlertKey): boolean => !found.some((alert) => isSameAlert(alert, key)) && (key.kind !== 'silence' || isOnline(key.accountId));
    const over = said.filter(isOver);
    const fresh = found.filter((alert) => !said.some((key) => isSameAlert(alert, key)));
    if (over.length + fresh.length > 0) {
      runTransaction(db, () => {
        for (const key of over) serviceAlerts.remove(db, key);
        for (const alert of fresh) serviceAlerts.add(db, alert, alert.sinceMs);
      });
    }
    const dismissed = said.filter(({ isDismissed }) => isDismissed);
    const open = found.filter((alert) => !dismissed.some((key) => isSameAlert(alert, key)));
    const text = JSON.stringify(open);
    if (text !== shown) events.emit('alerts.changed', { alerts: open });
    shown = text;
    call(fresh);
    return open;
  };

  /** Somebody wrote: the bot that has no other way to be asked is connected. */
  const noteBotAlive = (accountId: AccountId, network: string, lastMs: number): void => {
    for (const login of serviceLogins.list(db)) {
      const isItsBot = login.accountId === accountId && login.network === network && isBot(login.service);
      if (!isItsBot || login.state === 'connected' || login.sinceMs >= lastMs) continue;
      serviceOutages.end(db, login, lastMs);
      serviceLogins.put(db, { ...login, state: 'connected', sinceMs: lastMs, confirmedMs: lastMs });
    }
  };
  const noteTraffic = (changes: ChangeSet): boolean => {
    const bridged = networkHours.bridgedAmong(db, [...changes.messages.keys()]);
    const ids = bridged.flatMap((id) => [...(changes.messages.get(id)?.ids ?? [])]);
    if (ids.length === 0) return false;
    const traffic = networkHours.trafficOf(db, ids, Math.floor(now() / hourMs));
    const own = networkHours.ownElsewhere(db, ids);
    if (traffic.length + own.length === 0) return false;
    runTransaction(db, () => {
      for (const { accountId, network, hour, lastMs } of traffic) {
        networkHours.add(db, { accountId, network }, hour);
        noteBotAlive(accountId, network, lastMs);
      }
      for (const { accountId, network, atMs } of own) serviceLogins.seePhone(db, accountId, network, atMs);
    });
    return true;
  };

  return {
    noteChanges(changes) {
      if (noteTraffic(changes) || changes.hasLoginChanges) review();
    },
    alerts: review,
    dismiss(key) {
      const isKnown = serviceAlerts.dismiss(db, key);
      if (isKnown && key.kind === 'phone') {
        // "It is switched on": the two weeks begin anew.
        for (const login of serviceLogins.list(db)) {
          if (login.accountId === key.accountId && `${login.service} ${login.loginId}` === key.subject) serviceLogins.put(db, { ...login, phoneSeenMs: now() });
        }
      }
      if (isKnown) review();
      return isKnown;
    },
    outagesOf: (id) => serviceOutages.ofConversation(db, id, now()),
    start() {
      timer = setInterval(review, reviewMs);
      timer.unref();
      review();
    },
    stop: () => clearInterval(timer),
  };
};
