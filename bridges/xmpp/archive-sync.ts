import type { MessageOrigin } from '#bridge';
import {
  archivePageSize,
  type ArchivedMessage,
  type ArchivePage,
  type ArchiveReader,
} from './extensions/0313-message-archive.ts';
import type { Translation } from './inbox.ts';
import type { Journal } from './journal.ts';
import { ParkedChanges } from './parked-changes.ts';
import { StanzaError } from './stream/stanza-error.ts';
import type { XmlElement } from './stream/xml/element.ts';
import type { ArchiveState } from './state.ts';

/** Our clock and the server's need not agree. Messages read twice are one in the store. */
export const clockToleranceMs = 10 * 60_000;

/** How many messages the first sync of an account fetches; older ones come when somebody scrolls up to them. */
export const firstSyncLimit = 10_000;

export interface ArchiveSyncOptions {
  readonly reader: ArchiveReader;
  readonly journal: Journal;
  translate(messages: readonly ArchivedMessage[], origin: MessageOrigin): Translation;
  /** Sends what was answered to messages that are stored now. */
  reply(replies: readonly XmlElement[]): void;
  readonly firstSyncLimit?: number | undefined;
}

interface AskedPage {
  readonly page: Promise<ArchivePage>;
  /** Asked for already; of use if `after` is really where the page ends. */
  next: { readonly after: string; readonly asked: AskedPage } | null;
}

/**
 * Keeps the store in step with our own archive (XEP-0313): forwards from the newest stored message after an absence,
 * backwards from the newest page at the first sync. One page is one transaction, and while it is being stored the
 * next one is already asked for.
 */
export class ArchiveSync {
  readonly #options: ArchiveSyncOptions;
  readonly #parked = new ParkedChanges();
  #isStoring = false;

  constructor(options: ArchiveSyncOptions) {
    this.#options = options;
  }

  get #state(): ArchiveState {
    return this.#options.journal.state.archive;
  }

  /** Fetches everything written while we were away. Resolves when nothing is missing at the new end. */
  async catchUp(): Promise<void> {
    const { newestId, newestAtMs } = this.#state;
    if (newestAtMs === null) {
      await this.#readNewestPage();
      return;
    }
    const byTime = { startMs: newestAtMs - clockToleranceMs };
    try {
      await this.#readForwards(newestId === null ? byTime : { after: newestId });
    } catch (error) {
      // The archive threw away what we had last. Its time still tells where to go on.
      if (!(error instanceof StanzaError) || error.condition !== 'item-not-found') throw error;
      await this.#readForwards(byTime);
    }
  }

  /** Goes on with the first sync, newest first, until its window is full. Does nothing when that is done. */
  async backfill(): Promise<void> {
    const { backfill } = this.#state;
    if (backfill === null) return;
    let { before, left } = backfill;
    let coming = this.#page({ before });
    while (left > 0) {
      const page = await coming;
      left -= page.messages.length;
      const isLast = page.isComplete || page.firstId === null || left <= 0;
      if (!isLast) {
        before = page.firstId ?? before;
        coming = this.#page({ before });
        // Awaited in the next round; until then its failure must not count as unhandled.
        coming.catch(() => undefined);
      }
      await this.#store(page, 'history', (archive) => ({ ...archive, backfill: isLast ? null : { before, left } }));
      if (isLast) return;
    }
  }

  async #readNewestPage(): Promise<void> {
    const page = await this.#page({ before: '' });
    const { firstId, isComplete, lastId } = page;
    const left = (this.#options.firstSyncLimit ?? firstSyncLimit) - page.messages.length;
    const backfill = isComplete || firstId === null || left <= 0 ? null : { before: firstId, left };
    const newestAtMs = page.messages.at(-1)?.stampMs ?? Date.now();
    await this.#store(page, 'history', (archive) => ({ ...archive, newestId: lastId, newestAtMs, backfill }));
  }

  async #readForwards(from: { after?: string | undefined; startMs?: number | undefined }): Promise<void> {
    let coming = this.#ask(from);
    for (;;) {
      const page = await coming.page;
      const { lastId } = page;
      const isLast = page.isComplete || lastId === null;
      const next = isLast ? null : coming.next?.after === lastId ? coming.next.asked : this.#ask({ after: lastId });
      this.#isStoring = true;
      try {
        await this.#store(page, 'catchup', (archive) => ({
          ...archive,
          newestId: lastId ?? archive.newestId,
          newestAtMs: page.messages.at(-1)?.stampMs ?? archive.newestAtMs,
        }));
      } finally {
        this.#isStoring = false;
      }
      if (next === null) return;
      coming = next;
    }
  }

  /** Asks for a page, and for the one behind it as soon as this one seems to be here. Never two ahead of what is stored. */
  #ask(where: { after?: string | undefined; startMs?: number | undefined }): AskedPage {
    const asked: AskedPage = {
      page: this.#options.reader.read({ ...where, pageSize: archivePageSize }, (after) => {
        if (!this.#isStoring) asked.next = { after, asked: this.#ask({ after }) };
      }),
      next: null,
    };
    // Awaited in the next round, or never; until then its failure must not count as unhandled.
    asked.page.catch(() => undefined);
    return asked;
  }

  #page(where: { after?: string; before?: string; startMs?: number } | object): Promise<ArchivePage> {
    return this.#options.reader.read({ ...where, pageSize: archivePageSize });
  }

  async #store(
    page: ArchivePage,
    origin: MessageOrigin,
    change: (archive: ArchiveState) => ArchiveState,
  ): Promise<void> {
    const { events, replies, change: translated } = this.#options.translate(page.messages, origin);
    await this.#options.journal.write({
      events: origin === 'history' ? this.#parked.weave(events) : events,
      change: (state) => ({ ...translated(state), archive: change(state.archive) }),
    });
    this.#options.reply(replies);
  }
}
