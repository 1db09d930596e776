import type { BridgeFault, BridgeLog } from '#bridge';
import type { OutgoingStanza, StreamManagementState } from '../extensions/0198-stream-management.ts';
import type { Transport } from './connection.ts';
import type { StreamOptions } from './credentials.ts';
import type { EstablishedSession } from './establish-session.ts';
import type { OutgoingQueueState } from './outgoing-queue.ts';
import type { XmlElement } from './xml/element.ts';

/** What has to survive a restart; plain JSON. */
export type StreamState = {
  readonly management: StreamManagementState;
  readonly outgoing: OutgoingQueueState;
  /** What the session was carried by; TCP unless it says otherwise. */
  readonly transport?: Transport;
  /** Our full address in it. */
  readonly jid?: string;
};

export interface StreamTimings {
  readonly backoffLeastMs: number;
  readonly backoffMostMs: number;
  /** A connection that held this long counts as good again. */
  readonly stableAfterMs: number;
  readonly negotiationMs: number;
  /** After this much silence the server is asked whether it is there … */
  readonly silenceMs: number;
  /** … and has this long to answer. */
  readonly answerMs: number;
}

export const defaultTimings: StreamTimings = {
  backoffLeastMs: 1_000,
  backoffMostMs: 60_000,
  stableAfterMs: 10_000,
  negotiationMs: 60_000,
  silenceMs: 15_000,
  answerMs: 10_000,
};

export interface StreamHandlers {
  onConnecting(): void;
  /** A session is there; stanzas follow after this returned. Messages in doubt are held until `release`. */
  onOnline(kind: EstablishedSession['kind']): void;
  onOffline(fault: BridgeFault, willRetry: boolean): void;
  /** Consumes what needs no storing (requests to answer, parts of a running archive query). */
  claim(stanza: XmlElement): boolean;
  /** Bytes that have arrived and are not parsed yet. What they seem to say is a guess, to prepare for and not to believe. */
  lookAhead(bytes: Buffer): void;
  /** Stores stanzas, in order, counting `count` as handled in the same transaction. */
  store(stanzas: readonly XmlElement[], count: number): Promise<void>;
  /** Saves messages before they are written. */
  persistOutgoing(batch: readonly OutgoingStanza[]): Promise<void>;
  /** The counts of stanzas changed; the saved state should say so before long. */
  saveSoon(): void;
}

export interface StreamEngineOptions {
  readonly stream: StreamOptions;
  readonly resource: string;
  readonly saved: StreamState | null;
  readonly timings?: Partial<StreamTimings> | undefined;
  readonly handlers: StreamHandlers;
  readonly log: BridgeLog;
}
