import { remoteMessageId, type OutgoingMessage, type RemoteMessage, type RemoteConversationId } from '#model';
import type { DemoPerson } from './people.ts';

type Listener = (message: RemoteMessage) => void;

/**
 * The "server" of the sample network, in this process: takes each transaction once and keeps what people wrote
 * while nobody was connected.
 */
export interface DemoNetwork {
  /** True when it is new; a repeated transaction changes nothing. */
  take(message: OutgoingMessage): boolean;
  /** What our side has sent, in order, each once. */
  readonly taken: readonly OutgoingMessage[];
  write(conversationId: RemoteConversationId, by: DemoPerson, text: string): void;
  /** Connects: returns what waited, then calls `listener` for each new message. */
  connect(listener: Listener): readonly RemoteMessage[];
  disconnect(): void;
}

export const createDemoNetwork = (now: () => number): DemoNetwork => {
  const taken: OutgoingMessage[] = [];
  const transactions = new Set<string>();
  let waiting: RemoteMessage[] = [];
  let listener: Listener | null = null;
  let written = 0;
  return {
    taken,
    take(message) {
      if (transactions.has(message.transactionId)) return false;
      transactions.add(message.transactionId);
      taken.push(message);
      return true;
    },
    write(conversationId, by, text) {
      written += 1;
      const message: RemoteMessage = {
        conversationId,
        remoteId: remoteMessageId(`written-${now()}-${written}`),
        senderId: by.id,
        isOwn: false,
        kind: 'message',
        text,
        sentAtMs: now(),
      };
      if (listener) listener(message);
      else waiting.push(message);
    },
    connect(next) {
      listener = next;
      const missed = waiting;
      waiting = [];
      return missed;
    },
    disconnect() {
      listener = null;
    },
  };
};
