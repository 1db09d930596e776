import { createHash } from 'node:crypto';
import type { RemoteMessage } from '#model';
import type { Envelope } from './receive.ts';

/** A message that its sender gave no id, as it was first stored; plain JSON. */
export type NamelessMessage = {
  /** Of conversation, author and text. */
  readonly key: string;
  readonly atMs: number;
  /** What the archive calls it, as far as a copy of it told; null before. */
  readonly archiveId: string | null;
  /** The time on the copy that the server kept back; null before one came. */
  readonly stampMs: number | null;
  /** True: stored under the archive's name, by which the store knows every further copy from the archive. */
  readonly isNamed: boolean;
};

/** Our clock and the server's differ by less than that, or the message is shown twice. */
const toleranceMs = 60_000;
const keptMs = 24 * 60 * 60_000;
const mostKept = 50;

/**
 * Tells copies of messages without any id apart from messages that only say the same again: one of each kind of copy
 * (of the archive, or kept back by the server) belongs to each message. Works on what is stored; `entries` is to be
 * stored together with the batch.
 */
export class NamelessMessages {
  readonly #nowMs: number;
  #entries: readonly NamelessMessage[];

  constructor(stored: readonly NamelessMessage[], nowMs: number) {
    this.#entries = stored;
    this.#nowMs = nowMs;
  }

  get entries(): readonly NamelessMessage[] {
    return this.#entries;
  }

  /** Whether this message is stored already, under another name than it has now. */
  isCopy(message: RemoteMessage, { archiveId, stampMs }: Pick<Envelope, 'archiveId' | 'stampMs'>): boolean {
    if (message.alternateId !== undefined) return false;
    const { sentAtMs: atMs } = message;
    const key = keyOf(message);
    // A message that arrives as it is written is no copy, whatever was said before.
    if (stampMs !== null) {
      const copy = archiveId === null ? { stampMs } : { archiveId };
      const original = this.#originalOf(key, atMs, copy);
      if (original !== undefined) {
        this.#entries = this.#entries.map((entry) => (entry === original ? { ...entry, ...copy } : entry));
        return !(original.isNamed && archiveId !== null);
      }
    }
    this.#add({ key, atMs, archiveId, stampMs: archiveId === null ? stampMs : null, isNamed: archiveId !== null });
    return false;
  }

  #originalOf(
    key: string,
    atMs: number,
    copy: { readonly archiveId?: string; readonly stampMs?: number },
  ): NamelessMessage | undefined {
    const alike = this.#entries.filter((entry) => entry.key === key);
    const kind = copy.archiveId === undefined ? 'stampMs' : 'archiveId';
    const isFree = (entry: NamelessMessage): boolean => entry[kind] === null && Math.abs(entry.atMs - atMs) <= toleranceMs;
    return alike.find((entry) => entry[kind] === copy[kind]) ?? alike.find(isFree);
  }

  #add(entry: NamelessMessage): void {
    const sinceMs = this.#nowMs - keptMs;
    if (entry.atMs < sinceMs) return;
    this.#entries = [...this.#entries.filter(({ atMs }) => atMs >= sinceMs), entry].slice(-mostKept);
  }
}

const keyOf = ({ conversationId, senderId, kind, text }: RemoteMessage): string =>
  createHash('sha256').update(JSON.stringify([conversationId, senderId, kind, text])).digest('base64url').slice(0, 22);
