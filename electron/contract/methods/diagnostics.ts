import type { AccountId } from '../networks.ts';
import type { Brand, ConsoleLine, ReportSection } from '#model';

export type { ConsoleLine, FactTone, ReportFact, ReportSection } from '#model';

/** Unguessable; of a console that is being watched now. */
export type ConsoleWatchId = Brand<string, 'ConsoleWatchId'>;

/** What power users and support look at. Nothing of it is stored, and nothing of it holds a password or token. */
export interface DiagnosticsMethods {
  /** Asks the server anew. Errors: `offline` when the account does not run, `unsupported` where a network has none. */
  'diagnostics.report': (input: { readonly accountId: AccountId }) => { readonly sections: readonly ReportSection[] };
  /** Lines are recorded from now on, until `unwatch` or until nobody has read for a while. */
  'diagnostics.watch': (input: { readonly accountId: AccountId }) => { readonly watchId: ConsoleWatchId };
  /** What came since the last reading. `missedCount`: lines that went by unread. `not-found` after the watch ended. */
  'diagnostics.read': (input: { readonly watchId: ConsoleWatchId }) => {
    readonly lines: readonly ConsoleLine[];
    readonly missedCount: number;
  };
  'diagnostics.unwatch': (input: { readonly watchId: ConsoleWatchId }) => { readonly isStopped: true };
  /** Sends what a person wrote by hand. Errors: `rejected` with what is wrong in `detail`, `offline`. */
  'diagnostics.send': (input: { readonly accountId: AccountId; readonly text: string }) => { readonly isSent: true };
}
