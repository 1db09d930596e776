import type { Grant } from './grant.ts';

/** A page that the person signs in on, and the way back from it. */
export interface WebVisit {
  /** For the browser. */
  readonly link: string;
  /** Waits for the person to come back. @throws BridgeError `sign-in-declined`, `sign-in-expired`, `cancelled` */
  grant(signal: AbortSignal): Promise<Grant>;
  /** Listens no more. */
  close(): void;
}
