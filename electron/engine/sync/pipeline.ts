import type { BridgeEvent, Json } from '#bridge';
import type { AccountId } from '#model';
import type { Clock } from '../clock.ts';
import type { WritableDb } from '../store/database.ts';
import { accounts } from '../store/repositories/accounts.ts';
import { pendingEffects } from '../store/repositories/pending-effects.ts';
import { quarantine } from '../store/repositories/quarantine.ts';
import { isStorageFailure, StoreError } from '../store/store-error.ts';
import { runDurably, runTransaction } from '../store/transaction.ts';
import { AddressBook } from './address-book.ts';
import { Batch } from './batch.ts';
import type { AccountContext } from './batch.ts';
import { ChangeSet } from './change-set.ts';
import { ConversationCache } from './conversation-cache.ts';
import { deduplicate } from './stages/deduplicate.ts';
import { indexText } from './stages/index-text.ts';
import { notify } from './stages/notify.ts';
import { resolve } from './stages/resolve.ts';
import { clearItem, newItem } from './stages/stage.ts';
import type { Stage } from './stages/stage.ts';
import { store } from './stages/store.ts';

/** The order every event takes, and then every batch. Reordering this list changes what the engine promises. */
export const stages: readonly Stage[] = [deduplicate, resolve, store, indexText, notify];

/** Where everything that bridges say becomes rows. One instance, because there is one writer. */
export class Pipeline {
  private readonly db: WritableDb;
  private readonly clock: Clock;
  private readonly contexts = new Map<AccountId, AccountContext>();

  constructor(db: WritableDb, clock: Clock) {
    this.db = db;
    this.clock = clock;
  }

  /**
   * Stores events in order, in one transaction together with what the bridge wants to remember. The result is
   * committed: publish it, then the bridge may acknowledge.
   *
   * An event that cannot be stored goes to quarantine and takes nothing else with it. A batch with a live message
   * is on the disk when this returns, since its server may forget it then; others survive the process, and after
   * a power cut come again, for `savedState` was lost with them.
   *
   * @throws SqliteError when the disk refuses: nothing of the batch is stored
   * @throws StoreError `not-found` when the account was removed
   */
  ingest(accountId: AccountId, events: readonly BridgeEvent[], savedState?: Json): ChangeSet {
    const isLive = events.some((event) => event.type === 'message.upserted' && event.origin === 'live');
    const run = isLive ? runDurably : runTransaction;
    const account = this.contextOf(accountId);
    const save = (): void => {
      if (savedState !== undefined) accounts.writeState(this.db, accountId, savedState);
    };
    try {
      const changes = run(this.db, () => {
        const ofBatch = new ChangeSet(accountId);
        this.apply(account, events, ofBatch);
        save();
        return ofBatch;
      });
      // After the commit: the full-text index writes in it.
      account.conversations.seal(this.db);
      return changes;
    } catch (error) {
      this.forget(accountId);
      if (isStorageFailure(error) || events.length === 0) throw error;
    }
    return this.ingestCarefully(accountId, events, run, save);
  }

  /** Drops what is remembered of an account: after its removal, and after a rollback. */
  forget(accountId: AccountId): void {
    this.contexts.delete(accountId);
  }

  /** Event by event, each with a way back: slower, only taken when the quick way met a poisoned one. */
  private ingestCarefully(
    accountId: AccountId,
    events: readonly BridgeEvent[],
    run: typeof runTransaction,
    save: () => void,
  ): ChangeSet {
    try {
      return run(this.db, () => {
        const changes = new ChangeSet(accountId);
        for (const event of events) this.applyOrQuarantine(accountId, event, changes);
        save();
        return changes;
      });
    } catch (error) {
      this.forget(accountId);
      throw error;
    }
  }

  private applyOrQuarantine(accountId: AccountId, event: BridgeEvent, changes: ChangeSet): void {
    const ofEvent = new ChangeSet(accountId);
    this.db.exec('SAVEPOINT event');
    try {
      this.apply(this.contextOf(accountId), [event], ofEvent);
      this.db.exec('RELEASE event');
      changes.add(ofEvent);
    } catch (error) {
      if (isStorageFailure(error)) throw error;
      this.db.exec('ROLLBACK TO event; RELEASE event');
      this.forget(accountId);
      quarantine.add(this.db, accountId, event, error, this.clock.nowMs());
      changes.quarantinedCount += 1;
    }
  }

  private apply(account: AccountContext, events: readonly BridgeEvent[], changes: ChangeSet): void {
    const batch = new Batch(this.db, account, this.clock.nowMs(), changes);
    const item = newItem();
    for (const event of events) {
      clearItem(item, event);
      for (const stage of stages) stage.onEvent?.(batch, item);
    }
    for (const stage of stages) stage.onEnd?.(batch);
  }

  private contextOf(accountId: AccountId): AccountContext {
    const known = this.contexts.get(accountId);
    if (known) return known;
    const account = accounts.get(this.db, accountId);
    if (!account) throw new StoreError('not-found', `There is no account ${accountId}.`);
    const context: AccountContext = {
      id: accountId,
      network: account.network,
      createdAtMs: account.createdAtMs,
      book: new AddressBook(accountId, account.network),
      conversations: new ConversationCache(),
      awaitedKeys: pendingEffects.keys(this.db, accountId),
    };
    this.contexts.set(accountId, context);
    return context;
  }
}
