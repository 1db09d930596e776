/** How an account stands with its encryption, in words for a person. */
import type { EncryptionDevice, EncryptionHealth, UnreadableReason } from '#bridge';
import { asArray, asName, asRecord, asString } from '../event-shape.ts';
import type { AccountContext } from '../worker/account-context.ts';
import { readDevicePolicy } from './device-policy.ts';
import { unsavedKeyCount } from './health-watch.ts';
import { reasonOf } from './unreadable-reason.ts';

/** @throws BridgeError `offline` */
export async function readHealth(context: AccountContext): Promise<EncryptionHealth> {
  const { client, selfId, store, api } = context;
  const { backend } = context.crypto();
  const deviceId = client.getDeviceId() ?? '';
  const own = await backend.getOwnDeviceKeys();
  const [self, hasIdentity, signing, backupInfo, backupVersion, listed, known] = await Promise.all([
    backend.getDeviceVerificationStatus(selfId, deviceId),
    backend.userHasCrossSigningKeys(selfId, true),
    backend.getCrossSigningStatus(),
    backend.getKeyBackupInfo(),
    backend.getActiveSessionBackupVersion(),
    api.get(['devices']),
    backend.getUserDeviceInfo([selfId], true),
  ]);
  const keyed = known.get(selfId);
  const devices = await Promise.all(
    asArray(listed['devices']).map(async (value): Promise<EncryptionDevice> => {
      const device = asRecord(value);
      const id = asString(device['device_id']) ?? '';
      const hasKeys = keyed?.has(id) === true;
      const status = hasKeys ? await backend.getDeviceVerificationStatus(selfId, id) : null;
      const lastSeen = device['last_seen_ts'];
      return {
        id,
        name: asName(device['display_name']),
        lastSeenAtMs: typeof lastSeen === 'number' ? lastSeen : null,
        // Whether we trust our own identity already is another question.
        isVerified: status?.signedByOwner ?? false,
        hasKeys,
        isSelf: id === deviceId,
      };
    }),
  );
  const counts = new Map<UnreadableReason, number>();
  for (const { reason, count } of store.waiting.counts()) counts.set(reasonOf(reason), (counts.get(reasonOf(reason)) ?? 0) + count);
  return {
    deviceId,
    fingerprint: own.ed25519.match(/.{1,4}/gu)?.join(' ') ?? '',
    isDeviceVerified: self?.crossSigningVerified ?? false,
    identity: !hasIdentity ? 'none' : signing.publicKeysOnDevice && (self?.crossSigningVerified ?? false) ? 'here' : 'elsewhere',
    backup: backupInfo === null ? 'none' : backupVersion === null ? 'elsewhere' : 'here',
    unsavedKeyCount: unsavedKeyCount(client),
    unreadable: [...counts].map(([reason, count]) => ({ reason, count })),
    devices,
    devicePolicy: readDevicePolicy(store.settings),
  };
}
