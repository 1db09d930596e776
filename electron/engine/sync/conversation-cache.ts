import type { RemoteConversationId } from '#model';
import type { ConversationId } from '#rpc';
import type { ReadableDb } from '../store/database.ts';
import { statement } from '../store/statements.ts';
import type { ConversationState } from './conversation-state.ts';

const maxCached = 5_000;

/**
 * Conversations of one account, kept from batch to batch: while catching up the same ones come again and again.
 *
 * They may be used only when nobody has written since, which SQLite itself counts for the one connection there is:
 * a read mark set meanwhile, or a push, makes all of them load anew.
 */
export class ConversationCache {
  readonly byRemoteId = new Map<RemoteConversationId, ConversationState>();
  readonly byId = new Map<ConversationId, ConversationState>();
  private writeCount = -1;

  /** Has to be called first in a batch. */
  refresh(db: ReadableDb): void {
    if (this.writeCount === countWrites(db) && this.byId.size <= maxCached) return;
    this.byRemoteId.clear();
    this.byId.clear();
  }

  keep(state: ConversationState): ConversationState {
    this.byRemoteId.set(state.remoteId, state);
    this.byId.set(state.id, state);
    return state;
  }

  /** Has to be called last, when all of them are written back. */
  seal(db: ReadableDb): void {
    this.writeCount = countWrites(db);
  }
}

const countWrites = (db: ReadableDb): number =>
  statement<{ count: number }>(db, 'SELECT total_changes() AS count').get()?.count ?? -1;
