import type { AccountId, NetworkId } from '#model';
import type { ConversationId, MessageId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll } from '../statements.ts';

export interface BridgedNetwork {
  readonly accountId: AccountId;
  readonly network: NetworkId;
}

export interface Traffic extends BridgedNetwork {
  readonly hour: number;
  readonly lastMs: number;
}

const keptHours = 60 * 24;

/** When somebody wrote on a network behind a bridge, to the hour. */
export const networkHours = {
  add: (db: WritableDb, { accountId, network }: BridgedNetwork, hour: number): void => {
    const { changes } = change(db, 'INSERT OR IGNORE INTO network_hours VALUES (?, ?, ?)', accountId, network, hour);
    if (changes === 0) return;
    change(db, 'DELETE FROM network_hours WHERE account_id = ? AND network = ? AND hour < ?', accountId, network, hour - keptHours);
  },

  networks: (db: ReadableDb): BridgedNetwork[] =>
    readAll(db, 'SELECT DISTINCT account_id AS accountId, network FROM network_hours'),

  /** Ascending. */
  since: (db: ReadableDb, { accountId, network }: BridgedNetwork, hour: number): number[] =>
    readAll<{ hour: number }>(
      db,
      'SELECT hour FROM network_hours WHERE account_id = ? AND network = ? AND hour >= ? ORDER BY hour',
      accountId,
      network,
      hour,
    ).map((row) => row.hour),

  /** Those of these conversations that a bridge or gateway brings. */
  bridgedAmong: (db: ReadableDb, ids: readonly ConversationId[]): ConversationId[] =>
    readAll<{ id: ConversationId }>(
      db,
      `SELECT conversations.id FROM json_each(?) AS wanted JOIN conversations ON conversations.id = wanted.value
         JOIN accounts ON accounts.id = conversations.account_id
       WHERE conversations.network <> accounts.network`,
      JSON.stringify(ids),
    ).map(({ id }) => id),

  /** What people said in these messages in bridged conversations, by the hour; own words and notices left out. */
  trafficOf: (db: ReadableDb, ids: readonly MessageId[], nowHour: number): Traffic[] =>
    readAll(
      db,
      `SELECT conversations.account_id AS accountId, conversations.network, sent_at_ms / 3600000 AS hour, max(sent_at_ms) AS lastMs
       FROM json_each(?) AS wanted JOIN messages ON messages.id = wanted.value
         JOIN conversations ON conversations.id = messages.conversation_id
       WHERE messages.is_own = 0 AND messages.kind IN ('message', 'action') AND sent_at_ms / 3600000 BETWEEN ? AND ?
       GROUP BY 1, 2, 3`,
      JSON.stringify(ids),
      nowHour - keptHours,
      nowHour,
    ),

  /** The newest of these messages that we wrote elsewhere, by network: on a phone, it may be. */
  ownElsewhere: (db: ReadableDb, ids: readonly MessageId[]): (BridgedNetwork & { readonly atMs: number })[] =>
    readAll(
      db,
      `SELECT conversations.account_id AS accountId, conversations.network, max(sent_at_ms) AS atMs
       FROM json_each(?) AS wanted JOIN messages ON messages.id = wanted.value
         JOIN conversations ON conversations.id = messages.conversation_id
       WHERE is_own = 1 AND transaction_id IS NULL
       GROUP BY 1, 2`,
      JSON.stringify(ids),
    ),
};
