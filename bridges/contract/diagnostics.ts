/** What power users and support look at. Nothing here holds a password, token or key. */

export type FactTone = 'plain' | 'good' | 'warning' | 'bad';

/**
 * One line of the report. `id` names its label in the interface's catalogues; `value` is data (a version, a name).
 * `missing` features carry `why` as an id of a sentence.
 */
export interface ReportFact {
  readonly id: string;
  readonly value: string;
  readonly tone: FactTone;
  readonly why?: string | undefined;
}

export interface ReportSection {
  /** `connection`, `security`, `session`, `server`, `features`, `contacts`. */
  readonly id: string;
  readonly facts: readonly ReportFact[];
}

export interface ConsoleLine {
  readonly atMs: number;
  readonly direction: 'in' | 'out';
  /** What a filter chooses by: `message`, `presence`, `iq`, `sm`, `stream`. */
  readonly kind: string;
  /** As on the wire, with credentials taken out, at most 64 KiB. */
  readonly text: string;
}

export interface DiagnosticsAbility {
  report(signal: AbortSignal): Promise<readonly ReportSection[]>;
  /** Lines from now on; nothing is recorded while nobody listens. @returns the way to stop. */
  watch(listener: (lines: readonly ConsoleLine[]) => void): () => void;
  /** Sends what a person wrote by hand. @throws BridgeError `rejected` with what is wrong with it, `offline` */
  sendRaw(text: string): Promise<void>;
}
