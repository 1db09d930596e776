import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { OutgoingMessage } from '#model';

export interface Recorded {
  readonly conversationId: string;
  readonly transactionId: string;
  readonly text: string;
  readonly atMs: number;
}

/**
 * A network whose memory outlives the engine: every accepted message is a line of a file. Like any bridge it
 * takes a transaction id once.
 */
export interface RecordingNetwork {
  /** The network's own time of the message; the same one when it was there before. */
  readonly accept: (message: OutgoingMessage) => number;
  readonly messages: () => Recorded[];
}

export const openRecordingNetwork = (path: string): RecordingNetwork => {
  const messages = (): Recorded[] =>
    existsSync(path)
      ? readFileSync(path, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Recorded)
      : [];
  const known = new Map(messages().map(({ transactionId, atMs }) => [transactionId, atMs]));
  let lastMs = Math.max(0, ...known.values());
  return {
    messages,
    accept: ({ conversationId, transactionId, text }) => {
      const knownAtMs = known.get(transactionId);
      if (knownAtMs !== undefined) return knownAtMs;
      // A server's clock gives every message a moment of its own.
      const atMs = Math.max(Date.now(), lastMs + 1);
      lastMs = atMs;
      known.set(transactionId, atMs);
      // One write call: a kill leaves the whole line or nothing.
      appendFileSync(path, `${JSON.stringify({ conversationId, transactionId, text, atMs })}\n`);
      return atMs;
    },
  };
};
