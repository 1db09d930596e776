import type { BridgeEvent } from '#bridge';
import type { NetworkId, ServiceLogin, ServiceLoginState } from '#model';
import { serviceLogins, type LoginRecord } from '../../store/repositories/service-logins.ts';
import { serviceOutages } from '../../store/repositories/service-outages.ts';
import { plainLine } from '../../text/plain-line.ts';
import type { Batch } from '../batch.ts';
import { checkName, clampTime, InvalidEvent } from '../event-checks.ts';

type Event<Type extends BridgeEvent['type']> = Extract<BridgeEvent, { readonly type: Type }>;

const mostLogins = 100;
const nameLength = 100;
const states: ReadonlySet<string> = new Set<ServiceLoginState>(['connected', 'connecting', 'waiting', 'needs-login', 'signed-out', 'failed']);

/** What a bridge says of all our logins; who is not named signed out on purpose. */
export function applyLoginsReplaced(batch: Batch, event: Event<'logins.replaced'>): void {
  checkName(event.service, 'service');
  batch.changes.hasLoginChanges = true;
  const known = serviceLogins.ofService(batch.db, batch.account.id, event.service);
  if (event.logins === null) {
    for (const login of known) if (login.state === 'connected') save(batch, login, { ...login, state: 'waiting', sinceMs: batch.nowMs });
    return;
  }
  if (event.logins.length > mostLogins) throw new InvalidEvent('too many logins');
  const named = new Set(event.logins.map(({ id }) => id));
  for (const login of known) {
    if (named.has(login.loginId)) continue;
    serviceOutages.end(batch.db, login, batch.nowMs);
    serviceLogins.remove(batch.db, login);
  }
  for (const login of event.logins) applyLogin(batch, event.service, event.network ?? batch.account.network, login);
}

/** What a bot said of one login. */
export function applyLoginUpserted(batch: Batch, event: Event<'login.upserted'>): void {
  checkName(event.service, 'service');
  if (serviceLogins.ofService(batch.db, batch.account.id, event.service).length > mostLogins) throw new InvalidEvent('too many logins');
  batch.changes.hasLoginChanges = true;
  applyLogin(batch, event.service, event.network, event.login);
}

function applyLogin(batch: Batch, service: string, network: NetworkId, login: ServiceLogin): void {
  checkName(login.id, 'login');
  checkName(network, 'network');
  if (!states.has(login.state)) throw new InvalidEvent('unknown state of a login');
  const known = serviceLogins.get(batch.db, { accountId: batch.account.id, service, loginId: login.id });
  save(batch, known, {
    accountId: batch.account.id,
    service,
    loginId: login.id,
    network,
    name: plainLine(login.name, nameLength),
    state: login.state,
    sinceMs: Math.min(batch.nowMs, login.sinceMs === null ? batch.nowMs : clampTime(login.sinceMs, batch.nowMs)),
    confirmedMs: known?.confirmedMs ?? null,
    phoneSeenMs: known?.phoneSeenMs ?? batch.nowMs,
    isPhoneOffline: login.warning === 'phone-offline',
  });
}

/** An outage begins where the last good news ends, at the earliest, however long ago the bridge says it began. */
function save(batch: Batch, known: LoginRecord | null, next: LoginRecord): void {
  const { db, nowMs } = batch;
  if (next.state === 'connected') {
    serviceOutages.end(db, next, nowMs);
    serviceLogins.put(db, { ...next, confirmedMs: nowMs });
    return;
  }
  const wasOut = known !== null && known.state !== 'connected';
  const sinceMs = wasOut ? known.sinceMs : Math.max(next.sinceMs, known?.confirmedMs ?? 0);
  serviceLogins.put(db, { ...next, sinceMs });
  // A login that is being made was never in.
  if (known?.confirmedMs != null || next.state !== 'connecting') serviceOutages.begin(db, next, next.network, sinceMs);
}
