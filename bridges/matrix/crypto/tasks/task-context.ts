import type { MatrixClient } from 'matrix-js-sdk';
import type { DevicePolicy } from '#bridge';
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import type { SecretKeys } from '../secret-keys.ts';
import type { VerificationRequests } from '../verification-requests.ts';

/** What the dialogs about encryption work with. */
export interface TaskContext {
  readonly client: MatrixClient;
  readonly crypto: CryptoBackend;
  readonly secretKeys: SecretKeys;
  readonly requests: VerificationRequests;
  readonly policy: { read(): DevicePolicy; save(policy: DevicePolicy): void };
  /** The encrypted conversation with somebody; null: there is none. */
  readonly directRoom: (userId: string) => string | null;
  readonly selfId: string;
  readonly server: string;
}
