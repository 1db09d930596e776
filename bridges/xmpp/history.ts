import { BridgeError, type BridgeEvent, type HistoryAbility, type HistoryPage } from '#bridge';
import type { RemoteConversationId, RemoteMessageId } from '#model';
import type { ArchivePage, ArchiveQuery, ArchiveReader } from './extensions/0313-message-archive.ts';
import { archivePageSize } from './extensions/0313-message-archive.ts';
import { addressOf, stanzaIdInRoom } from './ids.ts';
import type { Inbox } from './inbox.ts';
import type { Journal } from './journal.ts';
import { ParkedChanges } from './parked-changes.ts';
import type { Rooms } from './rooms.ts';
import { StanzaError } from './stream/stanza-error.ts';

export interface HistoryOptions {
  readonly reader: ArchiveReader;
  readonly journal: Journal;
  readonly inbox: Inbox;
  readonly rooms: Rooms;
}

/** An archive may answer with pages of receipts and reactions only; so many are skipped before we show "no messages". */
const mostPages = 5;

/** Older messages of one conversation, page by page backwards through the archive. */
export class History implements HistoryAbility {
  readonly #options: HistoryOptions;
  readonly #parked = new ParkedChanges();

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  async loadOlder(
    conversationId: RemoteConversationId,
    cursor: string | null,
    oldestKnown: { readonly remoteId: RemoteMessageId; readonly sentAtMs: number } | null,
    limit: number,
  ): Promise<HistoryPage> {
    const conversation = addressOf(conversationId);
    const isRoom = this.#options.rooms.has(conversation);
    const pageSize = Math.min(Math.max(limit, 20), archivePageSize);
    const whose = isRoom ? { archive: conversation } : { with: conversation };
    let before = cursor ?? oldestId(conversation, isRoom, oldestKnown?.remoteId);
    let endMs = before === null ? oldestKnown?.sentAtMs : undefined;

    for (let pages = 1; ; pages += 1) {
      const page = await this.#read({ ...whose, before: before ?? '', endMs, pageSize }, oldestKnown?.sentAtMs);
      const messageCount = await this.#store(page, isRoom ? conversation : null);
      const hasMore = !page.isComplete && page.firstId !== null;
      if (messageCount > 0 || !hasMore || pages === mostPages) {
        return { messageCount, hasMore, cursor: hasMore ? page.firstId : null };
      }
      before = page.firstId;
      endMs = undefined;
    }
  }

  async #read(query: ArchiveQuery, oldestMs: number | undefined): Promise<ArchivePage> {
    try {
      return await this.#options.reader.read(query);
    } catch (error) {
      const isForgotten = error instanceof StanzaError && error.condition === 'item-not-found';
      if (!isForgotten || query.before === '' || oldestMs === undefined) throw asHistoryFault(error);
      return await this.#options.reader.read({ ...query, before: '', endMs: oldestMs });
    }
  }

  async #store(page: ArchivePage, room: string | null): Promise<number> {
    const { events, change } = this.#options.inbox.translateArchived(page.messages, 'history', room);
    await this.#options.journal.write({ events: this.#parked.weave(events), change });
    return events.filter((event: BridgeEvent) => event.type === 'message.upserted').length;
  }
}

/** The archive's id of a message; null when no archive named it. */
function oldestId(conversation: string, isRoom: boolean, id: RemoteMessageId | undefined): string | null {
  if (id === undefined || id.startsWith('~')) return null;
  return isRoom ? stanzaIdInRoom(conversation, id) : id;
}

const asHistoryFault = (error: unknown): unknown =>
  error instanceof StanzaError && error.fault.code === 'unsupported'
    ? new BridgeError('unsupported', { detail: 'the server keeps no archive' })
    : error;
