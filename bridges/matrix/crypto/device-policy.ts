/** Which devices of others take part: every one, or only those that their owner has verified. */
import { AllDevicesIsolationMode, OnlySignedDevicesIsolationMode } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import type { DevicePolicy } from '#bridge';
import type { Settings } from '../store/settings.ts';

const settingName = 'device_policy';

export const readDevicePolicy = (settings: Settings): DevicePolicy => (settings.get(settingName) === 'verified' ? 'verified' : 'all');

/** From now on, for what is sent and for what is shown. */
export const applyDevicePolicy = (crypto: CryptoBackend, policy: DevicePolicy): void =>
  crypto.setDeviceIsolationMode(policy === 'verified' ? new OnlySignedDevicesIsolationMode() : new AllDevicesIsolationMode(false));

export const saveDevicePolicy = (settings: Settings, crypto: CryptoBackend, policy: DevicePolicy): void => {
  settings.set(settingName, policy);
  applyDevicePolicy(crypto, policy);
};
