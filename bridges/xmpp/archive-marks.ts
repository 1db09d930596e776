import type { BridgeEvent } from '#bridge';
import type { InboxOptions } from './inbox-options.ts';
import type { XmppState } from './state.ts';

/** A message that came live, as an archive calls it. */
export interface Archived {
  /** Null: our own archive. */
  readonly room: string | null;
  readonly id: string;
  readonly atMs: number;
}

/** More than that waits for nobody: then the store tells copies apart. */
const mostRemembered = 20_000;

/** What the archives have shown us, and where the next look into them may begin. */
export class ArchiveMarks {
  readonly #options: Pick<InboxOptions, 'rooms' | 'mayAdvance'>;
  /** Archive ids of the last catch-up. */
  readonly #shown = new Set<string>();
  /** Messages of ours that our archive has shown. */
  readonly #ownShown = new Set<string>();

  constructor(options: Pick<InboxOptions, 'rooms' | 'mayAdvance'>) {
    this.#options = options;
  }

  /** A page of our own archive that was read while we catch up. */
  note(ids: readonly string[], events: readonly BridgeEvent[]): void {
    for (const event of events) {
      if (event.type !== 'message.upserted' || !event.message.isOwn) continue;
      if (event.message.transactionId !== undefined) this.#ownShown.add(event.message.transactionId);
    }
    if (this.#shown.size > mostRemembered) this.#shown.clear();
    for (const id of ids) this.#shown.add(id);
  }

  /** Whether it was in what we caught up with: what comes now is the server's offline copy. */
  hasShown(archiveId: string): boolean {
    return this.#shown.has(archiveId);
  }

  /** Which of these messages of ours the archive has shown since the last question. */
  takeOwn(transactionIds: readonly string[]): ReadonlySet<string> {
    const shown = new Set(transactionIds.filter((id) => this.#ownShown.has(id)));
    this.#ownShown.clear();
    return shown;
  }

  /** The next catch-up starts behind this message; only where nothing before it is missing. */
  advance(state: XmppState, { room, id, atMs }: Archived): XmppState {
    const newest = { newestId: id, newestAtMs: atMs };
    if (room === null) {
      return this.#options.mayAdvance() ? { ...state, archive: { ...state.archive, ...newest } } : state;
    }
    const known = state.rooms[room];
    if (known === undefined || !this.#options.rooms.isCaughtUp(room)) return state;
    return { ...state, rooms: { ...state.rooms, [room]: { ...known, ...newest } } };
  }
}
