import type { AccountId } from '#model';
import type { ServiceAlertKind } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll } from '../statements.ts';

export interface AlertKey {
  readonly accountId: AccountId;
  readonly kind: ServiceAlertKind;
  /** A login, or a network. */
  readonly subject: string;
}

export interface AlertRecord extends AlertKey {
  readonly sinceMs: number;
  readonly isDismissed: boolean;
}

type Row = Omit<AlertRecord, 'isDismissed'> & { readonly isDismissed: number };

/** What was already said about bridges, so that it is said once. */
export const serviceAlerts = {
  list: (db: ReadableDb): AlertRecord[] =>
    readAll<Row>(
      db,
      'SELECT account_id AS accountId, kind, subject, since_ms AS sinceMs, is_dismissed AS isDismissed FROM service_alerts',
    ).map((row) => ({ ...row, isDismissed: row.isDismissed === 1 })),

  add: (db: WritableDb, { accountId, kind, subject }: AlertKey, sinceMs: number): void => {
    change(db, 'INSERT INTO service_alerts (account_id, kind, subject, since_ms) VALUES (?, ?, ?, ?)', accountId, kind, subject, sinceMs);
  },

  dismiss: (db: WritableDb, { accountId, kind, subject }: AlertKey): boolean =>
    change(db, 'UPDATE service_alerts SET is_dismissed = 1 WHERE account_id = ? AND kind = ? AND subject = ?', accountId, kind, subject)
      .changes === 1,

  remove: (db: WritableDb, { accountId, kind, subject }: AlertKey): void => {
    change(db, 'DELETE FROM service_alerts WHERE account_id = ? AND kind = ? AND subject = ?', accountId, kind, subject);
  },
};
