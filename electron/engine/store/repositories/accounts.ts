import type { AccountId, BridgeId, NetworkId } from '#model';
import type { Json } from '#bridge';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll, readOne } from '../statements.ts';
import { StoreError } from '../store-error.ts';
import { runDurably } from '../transaction.ts';

export interface AccountRecord {
  readonly id: AccountId;
  readonly bridgeId: BridgeId;
  readonly network: NetworkId;
  readonly address: string;
  readonly displayName: string | null;
  readonly label: string | null;
  readonly color: number;
  readonly isEnabled: boolean;
  readonly settings: Readonly<Record<string, Json>>;
  readonly createdAtMs: number;
}

export type NewAccount = Omit<AccountRecord, 'id' | 'isEnabled' | 'label' | 'color'>;
export type AccountPatch = Partial<
  Pick<AccountRecord, 'displayName' | 'label' | 'color' | 'isEnabled' | 'settings'>
>;

interface Row {
  id: number;
  bridge_id: string;
  network: string;
  address: string;
  display_name: string | null;
  label: string | null;
  color: number;
  is_enabled: number;
  settings: string;
  created_at_ms: number;
}

const toRecord = (row: Row): AccountRecord => ({
  id: row.id as AccountId,
  bridgeId: row.bridge_id as BridgeId,
  network: row.network as NetworkId,
  address: row.address,
  displayName: row.display_name,
  label: row.label,
  color: row.color,
  isEnabled: row.is_enabled === 1,
  settings: JSON.parse(row.settings) as Readonly<Record<string, Json>>,
  createdAtMs: row.created_at_ms,
});

const colorCount = 8;

/** Our accounts on networks. Their secrets lie in `secrets`, their connection state only in memory. */
export const accounts = {
  list: (db: ReadableDb): AccountRecord[] =>
    readAll<Row>(db, 'SELECT * FROM accounts ORDER BY id').map(toRecord),

  get: (db: ReadableDb, id: AccountId): AccountRecord | null => {
    const row = readOne<Row>(db, 'SELECT * FROM accounts WHERE id = ?', id);
    return row ? toRecord(row) : null;
  },

  findByAddress: (db: ReadableDb, bridgeId: BridgeId, address: string): AccountRecord | null => {
    const row = readOne<Row>(db, 'SELECT * FROM accounts WHERE bridge_id = ? AND address = ?', bridgeId, address);
    return row ? toRecord(row) : null;
  },

  /** Adds an account with the colour that fewest others have. One per bridge and address: the database refuses a second. */
  insert: (db: WritableDb, account: NewAccount): AccountRecord =>
    runDurably(db, () => {
      const { insertedId } = change(
        db,
        `INSERT INTO accounts (bridge_id, network, address, display_name, color, settings, created_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        account.bridgeId,
        account.network,
        account.address,
        account.displayName,
        rarestColor(db),
        JSON.stringify(account.settings),
        account.createdAtMs,
      );
      return existing(db, insertedId as AccountId);
    }),

  update: (db: WritableDb, id: AccountId, patch: AccountPatch): AccountRecord =>
    runDurably(db, () => {
      const next = { ...existing(db, id), ...patch };
      change(
        db,
        `UPDATE accounts SET display_name = ?, label = ?, color = ?, is_enabled = ?, settings = ? WHERE id = ?`,
        next.displayName,
        next.label,
        next.color,
        next.isEnabled ? 1 : 0,
        JSON.stringify(next.settings),
        id,
      );
      return existing(db, id);
    }),

  /**
   * Deletes the account with its conversations, messages, people nobody else needs, secrets and open jobs.
   * Says which files of the profile's folder of files nothing refers to any more.
   */
  remove: (db: WritableDb, id: AccountId): { readonly fileNames: readonly string[] } =>
    runDurably(db, () => {
      const ofAccount = 'SELECT id FROM conversations WHERE account_id = ?';
      const fileNames = readAll<{ file_name: string }>(
        db,
        `SELECT file_name FROM attachments JOIN messages ON messages.id = attachments.message_id
         WHERE file_name IS NOT NULL AND messages.conversation_id IN (${ofAccount})`,
        id,
      ).map((row) => row.file_name);
      change(
        db,
        `INSERT INTO message_search (message_search, rowid, text, scope)
         SELECT 'delete', search_sources.id, search_sources.text, scope
         FROM search_sources JOIN messages USING (id) WHERE conversation_id IN (${ofAccount})`,
        id,
      );
      change(db, `DELETE FROM messages WHERE conversation_id IN (${ofAccount})`, id);
      change(db, 'DELETE FROM conversations WHERE account_id = ?', id);
      change(db, 'DELETE FROM secrets WHERE scope = ?', `account:${id}`);
      change(db, 'DELETE FROM accounts WHERE id = ?', id);
      change(db, 'DELETE FROM people WHERE NOT EXISTS (SELECT 1 FROM addresses WHERE person_id = people.id)');
      return { fileNames };
    }),

  /** What the bridge saved last, or null. */
  readState: (db: ReadableDb, id: AccountId): Json | null => {
    const row = readOne<{ saved_state: string }>(db, 'SELECT saved_state FROM account_states WHERE account_id = ?', id);
    return row ? (JSON.parse(row.saved_state) as Json) : null;
  },

  writeState: (db: WritableDb, id: AccountId, state: Json): void => {
    change(
      db,
      `INSERT INTO account_states (account_id, saved_state) VALUES (?, ?)
       ON CONFLICT (account_id) DO UPDATE SET saved_state = excluded.saved_state`,
      id,
      JSON.stringify(state),
    );
  },
};

function existing(db: ReadableDb, id: AccountId): AccountRecord {
  const found = accounts.get(db, id);
  if (!found) throw new StoreError('not-found', `There is no account ${id}.`);
  return found;
}

function rarestColor(db: ReadableDb): number {
  const uses = new Array<number>(colorCount).fill(0);
  for (const { color } of accounts.list(db)) uses[color] = (uses[color] ?? 0) + 1;
  return uses.indexOf(Math.min(...uses));
}
