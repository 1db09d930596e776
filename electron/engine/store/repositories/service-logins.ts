import type { ServiceLoginState } from '#model';
import type { AccountId, NetworkId } from '#model';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll, readOne } from '../statements.ts';

export interface LoginKey {
  readonly accountId: AccountId;
  /** Address of the bridge, or of its bot. */
  readonly service: string;
  readonly loginId: string;
}

export interface LoginRecord extends LoginKey {
  readonly network: NetworkId;
  readonly name: string;
  readonly state: ServiceLoginState;
  readonly sinceMs: number;
  /** When we last heard that it is connected; null: never. */
  readonly confirmedMs: number | null;
  readonly phoneSeenMs: number;
  readonly isPhoneOffline: boolean;
}

type Row = Omit<LoginRecord, 'isPhoneOffline'> & { readonly isPhoneOffline: number };

const columns = `account_id AS accountId, service, login_id AS loginId, network, name, state, since_ms AS sinceMs,
  confirmed_ms AS confirmedMs, phone_seen_ms AS phoneSeenMs, is_phone_offline AS isPhoneOffline`;
const toRecord = (row: Row): LoginRecord => ({ ...row, isPhoneOffline: row.isPhoneOffline === 1 });

/** Our logins at bridges, as they were last told; those of accounts that are switched off are nobody's business. */
export const serviceLogins = {
  list: (db: ReadableDb): LoginRecord[] =>
    readAll<Row>(db, `SELECT ${columns} FROM service_logins WHERE account_id IN (SELECT id FROM accounts WHERE is_enabled = 1)
       ORDER BY account_id, service, login_id`).map(toRecord),

  ofService: (db: ReadableDb, accountId: AccountId, service: string): LoginRecord[] =>
    readAll<Row>(db, `SELECT ${columns} FROM service_logins WHERE account_id = ? AND service = ?`, accountId, service).map(toRecord),

  get: (db: ReadableDb, { accountId, service, loginId }: LoginKey): LoginRecord | null => {
    const row = readOne<Row>(
      db,
      `SELECT ${columns} FROM service_logins WHERE account_id = ? AND service = ? AND login_id = ?`,
      accountId,
      service,
      loginId,
    );
    return row === undefined ? null : toRecord(row);
  },

  put: (db: WritableDb, login: LoginRecord): void => {
    change(
      db,
      `INSERT OR REPLACE INTO service_logins (account_id, service, login_id, network, name, state, since_ms, confirmed_ms,
         phone_seen_ms, is_phone_offline) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      login.accountId,
      login.service,
      login.loginId,
      login.network,
      login.name,
      login.state,
      login.sinceMs,
      login.confirmedMs,
      login.phoneSeenMs,
      login.isPhoneOffline ? 1 : 0,
    );
  },

  remove: (db: WritableDb, { accountId, service, loginId }: LoginKey): void => {
    change(db, 'DELETE FROM service_logins WHERE account_id = ? AND service = ? AND login_id = ?', accountId, service, loginId);
  },

  /** The phone behind the logins of a network was seen at work. */
  seePhone: (db: WritableDb, accountId: AccountId, network: NetworkId, atMs: number): void => {
    change(
      db,
      'UPDATE service_logins SET phone_seen_ms = max(phone_seen_ms, ?) WHERE account_id = ? AND network = ?',
      atMs,
      accountId,
      network,
    );
  },
};
