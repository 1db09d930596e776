import type { NetworkId } from '#model';
import type { ConversationId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll } from '../statements.ts';
import type { LoginKey } from './service-logins.ts';

export interface OutageRecord {
  readonly fromMs: number;
  /** Null: it goes on. */
  readonly untilMs: number | null;
}

/** Shorter ones are the usual hiccups: bridges and networks keep what comes meanwhile. */
const shortestMs = 5 * 60_000;
const mostKept = 500;
const mostShown = 20;

/** Times in which a network was out and messages may have been missed. */
export const serviceOutages = {
  begin: (db: WritableDb, { accountId, service, loginId }: LoginKey, network: NetworkId, atMs: number): void => {
    change(
      db,
      `INSERT INTO service_outages (account_id, network, service, login_id, began_ms) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (account_id, service, login_id) WHERE ended_ms IS NULL DO NOTHING`,
      accountId,
      network,
      service,
      loginId,
      atMs,
    );
    const oldest = 'SELECT id FROM service_outages WHERE account_id = ? ORDER BY id DESC LIMIT -1 OFFSET ?';
    change(db, `DELETE FROM service_outages WHERE id IN (${oldest})`, accountId, mostKept);
  },

  end: (db: WritableDb, { accountId, service, loginId }: LoginKey, atMs: number): void => {
    const open = 'account_id = ? AND service = ? AND login_id = ? AND ended_ms IS NULL';
    change(db, `DELETE FROM service_outages WHERE ${open} AND began_ms > ?`, accountId, service, loginId, atMs - shortestMs);
    change(db, `UPDATE service_outages SET ended_ms = max(began_ms, ?) WHERE ${open}`, atMs, accountId, service, loginId);
  },

  /**
   * Those in which messages of this conversation may be missing: it was there before, and nobody's message is from that
   * time. When the bridge brings what was said meanwhile, the outage is none any more. Newest first.
   */
  ofConversation: (db: ReadableDb, id: ConversationId, nowMs: number): OutageRecord[] =>
    readAll<OutageRecord>(
      db,
      `SELECT DISTINCT began_ms AS fromMs, ended_ms AS untilMs
       FROM conversations JOIN service_outages AS outages
         ON outages.account_id = conversations.account_id AND outages.network = conversations.network
       WHERE conversations.id = ? AND coalesce(ended_ms, ?) - began_ms >= ?
         AND EXISTS (SELECT 1 FROM messages WHERE conversation_id = conversations.id AND sort_key < began_ms)
         AND NOT EXISTS (SELECT 1 FROM messages WHERE conversation_id = conversations.id AND is_own = 0
           AND kind <> 'notice' AND sort_key >= began_ms AND sort_key < coalesce(ended_ms, ?))
       ORDER BY began_ms DESC LIMIT ?`,
      id,
      nowMs,
      shortestMs,
      nowMs,
      mostShown,
    ),
};
