import { setTimeout as pause } from 'node:timers/promises';
import type { ObjectRole, RemoteRef } from '../connector.ts';
import { Conflict, Unknown } from '../errors.ts';
import { audit } from '../ledger/audit.ts';
import { ops } from '../ledger/ops.ts';
import { runDurably } from '../../store/transaction.ts';
import type { PushRun } from './push-run.ts';

export interface ObjectWork {
  readonly role: ObjectRole;
  readonly key: string;
  readonly parent: RemoteRef | null;
  readonly bodySha256: string | null;
  /** Every object with this key on the other side, lowest id first. */
  readonly find: () => Promise<readonly RemoteRef[]>;
  readonly write: () => Promise<RemoteRef>;
  /** Looking before the first attempt is saved where the caller has looked already. */
  readonly hasLooked: boolean;
  /** Two of us may write at the same instant, and the server would take both. */
  readonly canDouble: boolean;
  /** Recorded in the same transaction as the object itself. */
  readonly onSettled?: ((ref: RemoteRef) => void) | undefined;
}

export interface EnsuredObject {
  readonly ref: RemoteRef;
  /** Somebody else wrote it: another device, or we before a ledger was lost. */
  readonly isAdopted: boolean;
}

const maxConflicts = 5;
/** In this time another device has taken its own object away, if it saw ours. */
const otherGraceMs = 4_000;
const otherLookMs = 250;

/**
 * One object, exactly once: recorded before it is sent, looked for before it is sent again, and after sending looked
 * at once more, because another device may have done the same in that instant. Then the lowest id stays and ours goes.
 */
export async function ensureObject(run: PushRun, work: ObjectWork): Promise<EnsuredObject> {
  const { db } = run.desk;
  const known = ops.get(db, run.pushId, work.key);
  if (known?.state === 'done' && known.remote !== null) return { ref: known.remote, isAdopted: known.isAdopted };

  const wasTried = (known?.attempts ?? 0) > 0;
  if (wasTried || !work.hasLooked) {
    const [found] = await work.find();
    if (found !== undefined) return settle(run, work, found, !wasTried);
  }
  for (let conflicts = 0; ; conflicts += 1) {
    ops.begin(db, run.pushId, work.key, work.role, work.bodySha256);
    try {
      const written = await work.write();
      return await converge(run, work, written);
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      const [winner] = await work.find();
      if (winner !== undefined) return settle(run, work, winner, true);
      if (conflicts >= maxConflicts) throw new Unknown({ detail: error.message }, 'server-error');
      await pause(50 + run.desk.random() * 200 * (conflicts + 1));
    }
  }
}

async function converge(run: PushRun, work: ObjectWork, written: RemoteRef): Promise<EnsuredObject> {
  if (!work.canDouble) return settle(run, work, written, false);
  const [first, ...more] = await work.find();
  if (first === undefined || more.length === 0) return settle(run, work, written, false);
  const canGo = run.connector.withdraw !== undefined && run.connector.manifest.canWithdraw[work.role];
  const staying = first.id === written.id && canGo ? await otherThatStays(run, work, written) : first;
  if (staying === null || staying.id === written.id) return settle(run, work, written, false);
  if (canGo) {
    await run.connector.withdraw?.(run.context, written, work.key);
    run.audit('converged', written, work.key);
  }
  return settle(run, work, staying, true);
}

/**
 * Ours has the lower id, so the other one goes, as a rule. But a database gives out numbers before rows can be seen: the
 * other device may have looked while ours could not be seen yet, and stays. Then ours goes. Null: ours is the only one.
 */
async function otherThatStays(run: PushRun, work: ObjectWork, written: RemoteRef): Promise<RemoteRef | null> {
  for (let waitedMs = 0; ; waitedMs += otherLookMs) {
    const other = (await work.find()).find((one) => one.id !== written.id);
    if (other === undefined || waitedMs >= otherGraceMs) return other ?? null;
    await pause(otherLookMs, undefined, { signal: run.context.signal });
  }
}

function settle(run: PushRun, work: ObjectWork, ref: RemoteRef, isAdopted: boolean): EnsuredObject {
  const { db } = run.desk;
  runDurably(db, () => {
    ops.settle(db, run.pushId, { key: work.key, role: work.role, state: 'done', isAdopted, remote: ref, parent: work.parent });
    audit.add(db, { ...run.auditBase(), action: isAdopted ? 'adopted' : actionOf(work.role), ref, key: work.key });
    work.onSettled?.(ref);
  });
  return { ref, isAdopted };
}

const actionOf = (role: ObjectRole): 'created' | 'written' => (role === 'note' || role === 'file' ? 'written' : 'created');
