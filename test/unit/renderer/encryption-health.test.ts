// @vitest-environment jsdom
// needs: nothing
import { describe, expect, it } from 'vitest';
import type { EncryptionHealth } from '#rpc';
import { helpFor, nextTask } from '../../../renderer/features/encryption/health-advice.ts';
import { strengthOf } from '../../../renderer/features/encryption/passphrase-strength.ts';

const good: EncryptionHealth = {
  deviceId: 'A',
  fingerprint: '',
  isDeviceVerified: true,
  identity: 'here',
  backup: 'here',
  unsavedKeyCount: null,
  unreadable: [],
  devices: [],
  devicePolicy: 'all',
};
const other = { id: 'B', name: null, lastSeenAtMs: null, isVerified: true, hasKeys: true, isSelf: false };

describe('the one button that helps', () => {
  it.each([
    ['waiting', good, null],
    ['damaged', good, null],
    ['backup-locked', { ...good, backup: 'elsewhere' as const }, 'recover'],
    ['before-this-device', { ...good, backup: 'elsewhere' as const }, 'recover'],
    ['before-this-device', good, 'import-keys'],
    ['withheld-blocked', good, null],
    ['withheld-unverified', { ...good, isDeviceVerified: false, devices: [other] }, 'verify-device'],
    ['withheld-unverified', { ...good, isDeviceVerified: false }, 'recover'],
    ['withheld-unverified', { ...good, identity: 'none' as const }, 'set-up'],
    ['withheld-unverified', good, null],
    ['sender-unverified', { ...good, devicePolicy: 'verified' as const }, 'device-policy'],
    ['sender-unverified', good, null],
  ] as const)('with messages that are “%s”', (reason, health, help) => {
    expect(helpFor(reason, health)).toBe(help);
  });

  it('is to verify again rather than to begin anew', () => {
    expect(nextTask({ ...good, isDeviceVerified: false, devices: [other], backup: 'none' })).toBe('verify-device');
  });
});

it.each([
  ['short', 'too-short'],
  ['aaaaaaaaaaaaaaaaaaaaaa', 'weak'],
  ['password', 'weak'],
  ['12345678901234', 'weak'],
  ['correcthorsebat', 'fair'],
  ['doce palomas en el tejado', 'good'],
  ['xK3#vR9!qLm2$wTz', 'good'],
])('the passphrase %s is %s', (passphrase, strength) => {
  expect(strengthOf(passphrase)).toBe(strength);
});
