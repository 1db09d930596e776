import type { Readable } from 'node:stream';

/** What the page asks of its own protocol. Every field of it is hostile: a page that was taken over can send anything. */
export interface DoorRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty without one; `unread` when it is anything but bytes. */
  readonly body: Buffer | 'unread';
}

export interface DoorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: none. */
  readonly body: Readable | null;
}

/** A header's value, whatever the case of its name. */
export const headerOf = ({ headers }: DoorRequest, name: string): string | null =>
  Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1] ?? null;
