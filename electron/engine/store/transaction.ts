import type { WritableDb } from './database.ts';

/**
 * Runs `work` in one transaction, or inside the one that is open already. All or nothing.
 *
 * Survives the end of the process at once, and a power cut after the next durable commit or checkpoint: enough
 * for what a network would tell us again.
 */
export function runTransaction<Result>(db: WritableDb, work: () => Result): Result {
  if (db.inTransaction) return work();
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk may have rolled back already.
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/**
 * Like {@link runTransaction}, and on the disk when it returns (synchronous=FULL): for what only we know,
 * such as a written message, a job, a read mark, a push. Costs one fsync.
 */
export function runDurably<Result>(db: WritableDb, work: () => Result): Result {
  if (db.inTransaction) return work();
  db.pragma('synchronous = FULL');
  try {
    return runTransaction(db, work);
  } finally {
    db.pragma('synchronous = NORMAL');
  }
}
