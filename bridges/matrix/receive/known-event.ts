/** What the bridge remembers of an event: enough to answer "whose is it, what was it", and no text. */
export type EventKind = 'message' | 'edit' | 'reaction' | 'other';

export interface KnownEvent {
  readonly eventId: string;
  readonly roomId: string;
  readonly sender: string;
  readonly sentAtMs: number;
  readonly kind: EventKind;
  /** What an edit or a reaction is about. */
  readonly target: string | null;
  /** The emoji of a reaction; null after its redaction. */
  readonly emoji: string | null;
  /** `msgtype` of a message: an edit of ours must keep it. */
  readonly messageType: string | null;
  readonly isRedacted: boolean;
  /** The first message of the thread it belongs to. */
  readonly thread: string | null;
  readonly isEncrypted: boolean;
}
