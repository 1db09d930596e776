/**
 * How a CRM can refuse us, sorted by the one question that matters for a write: may it have been applied?
 * Messages hold no secret and no message text.
 */
export type ConnectorFaultCode =
  | 'offline' // certainly not sent: refused, no route, no name
  | 'server-unreachable' // sent, the answer never came
  | 'server-error' // answered 5xx
  | 'rate-limited'
  | 'conflict'
  | 'needs-login'
  | 'forbidden'
  | 'certificate-invalid'
  | 'no-encryption' // plain http to another computer, not agreed to
  | 'redirect-refused'
  | 'server-incompatible' // answered, but not as this product does
  | 'setup-incomplete' // something an administrator has to add; `detail` names it
  | 'record-gone'
  | 'rejected'
  | 'too-large'
  | 'folder-missing'
  | 'folder-not-writable'
  | 'disk-full'
  | 'file-unavailable'
  | 'locked'
  | 'internal';

export interface ConnectorFaultDetail {
  /** Technical words for support; shown small. */
  readonly detail?: string | undefined;
  readonly server?: string | undefined;
  readonly retryAtMs?: number | undefined;
  readonly limitBytes?: number | undefined;
}

export class ConnectorError extends Error {
  readonly code: ConnectorFaultCode;
  readonly more: ConnectorFaultDetail;

  constructor(code: ConnectorFaultCode, more: ConnectorFaultDetail = {}) {
    super(more.detail === undefined ? code : `${code}: ${more.detail}`);
    this.name = new.target.name;
    this.code = code;
    this.more = more;
  }
}

/** The request was certainly not sent: wait and send it again, without looking first. */
export class Offline extends ConnectorError {
  constructor(more: ConnectorFaultDetail = {}) {
    super('offline', more);
  }
}

/** The request may have been applied: look before sending it again. */
export class Unknown extends ConnectorError {
  constructor(more: ConnectorFaultDetail = {}, code: 'server-unreachable' | 'server-error' = 'server-unreachable') {
    super(code, more);
  }
}

/** A uniqueness rule of the server: somebody else wrote it. Look again and adopt. */
export class Conflict extends ConnectorError {
  constructor(more: ConnectorFaultDetail = {}) {
    super('conflict', more);
  }
}

/** Nothing may be sent before `atMs`. */
export class RateLimited extends ConnectorError {
  readonly atMs: number;

  constructor(atMs: number, more: ConnectorFaultDetail = {}) {
    super('rate-limited', { ...more, retryAtMs: atMs });
    this.atMs = atMs;
  }
}

/** The login is refused: nothing goes on until the person signs in again. */
export class AuthNeeded extends ConnectorError {
  constructor(more: ConnectorFaultDetail = {}) {
    super('needs-login', more);
  }
}

/** Trying again unchanged cannot help; the code says what can. */
export class Permanent extends ConnectorError {}

/** Any thrown value as a connector error; one we did not foresee counts as "may have been applied". */
export function toConnectorError(error: unknown): ConnectorError {
  if (error instanceof ConnectorError) return error;
  return new ConnectorError('internal', { detail: error instanceof Error ? error.message : String(error) });
}
