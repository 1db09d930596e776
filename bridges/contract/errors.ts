/** Every way a network can refuse us, each with a sentence of its own in the interface. */
export type BridgeErrorCode =
  | 'wrong-address' // not an address of this network, or no such server by DNS
  | 'server-unreachable' // refused, timed out, no route
  | 'certificate-invalid' // expired, wrong name, unknown authority: see `detail`
  | 'proxy-unreachable' // the proxy of the account does not answer
  | 'proxy-refused' // the proxy answers, and does not let us through
  | 'wrong-proxy-password' // the proxy wants another user name or password
  | 'no-encryption' // the server offers no TLS
  | 'wrong-password' // refused credentials
  | 'server-not-trusted' // the server could not prove that it knows the password
  | 'no-login-method' // no sign-in mechanism we accept
  | 'use-web-sign-in' // no password is taken there: signing in goes on the server's own page
  | 'sign-in-declined' // somebody, or the server, did not let us in on its page
  | 'sign-in-expired' // nobody came back from the page in time
  | 'sign-in-unsafe' // the server names a place to sign in that secrets may not go to
  | 'session-expired' // signed out, but this device is still known there: sign in again and go on
  | 'device-removed' // signed out for good: signing in makes a new device
  | 'account-disabled'
  | 'signed-out' // token revoked: sign in again
  | 'rate-limited' // see `retryAtMs`
  | 'server-incompatible' // answered, but not as this network does
  | 'conflict' // replaced by another session
  | 'not-found'
  | 'forbidden'
  | 'person-check' // held back until we show that a person writes
  | 'too-large' // see `limitBytes`
  | 'encrypted-conversation' // would go out in clear text: refused
  | 'unsupported'
  | 'file-damaged' // the bytes are not those that were announced
  | 'offline' // not connected now; will be tried again
  | 'cancelled'
  | 'rejected' // the network refused this message for good: see `detail`
  | 'internal';

/** Structured-clonable twin of {@link BridgeError}: what crosses threads and ends up in the interface. */
export interface BridgeFault {
  readonly code: BridgeErrorCode;
  /** For people who look closer: the server's own words or the technical reason. Never a secret. */
  readonly detail?: string | undefined;
  /** The host or server name the fault is about. */
  readonly server?: string | undefined;
  readonly retryAtMs?: number | undefined;
  readonly limitBytes?: number | undefined;
}

const retryableCodes: ReadonlySet<BridgeErrorCode> = new Set([
  'server-unreachable',
  'proxy-unreachable',
  'proxy-refused',
  'rate-limited',
  'offline',
  'internal',
]);

/** True when trying the same thing later, unchanged, can succeed. */
export const isRetryable = (fault: BridgeFault): boolean => retryableCodes.has(fault.code);

export class BridgeError extends Error {
  readonly fault: BridgeFault;

  constructor(code: BridgeErrorCode, more: Omit<BridgeFault, 'code'> = {}) {
    super(more.detail ?? code);
    this.name = 'BridgeError';
    this.fault = { ...more, code };
  }
}

/** Any thrown value as a fault; an unknown one becomes `internal` with its message as detail. */
export const toFault = (error: unknown): BridgeFault =>
  error instanceof BridgeError
    ? error.fault
    : { code: 'internal', detail: error instanceof Error ? error.message : String(error) };
