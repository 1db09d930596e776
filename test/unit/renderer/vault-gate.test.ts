// @vitest-environment jsdom
import { describe, expect, it } from 'vitest';
import { createVaultGate, type Session } from '../../../renderer/rpc/index.ts';
import { manifest as fileFolder } from '../../../electron/engine/crm/file-folder/manifest.ts';
import { manifest as requestTracker } from '../../../electron/engine/crm/request-tracker/manifest.ts';
import { manifest as tryton } from '../../../electron/engine/crm/tryton/manifest.ts';

const gateFor = (protection: Session['protection']) => createVaultGate({ protection } as Session);

describe('before something is stored', () => {
  it('a folder needs no passphrase, whatever the state of the vault', async () => {
    for (const protection of ['passphrase-unset', 'passphrase-locked', 'passphrase-open', 'keychain'] as const) {
      const gate = gateFor(protection);
      expect(await gate.passFor(fileFolder.fields)).toBe(true);
      expect(gate.question.value).toBeNull();
    }
  });

  it.each([tryton, requestTracker])('$name asks for one where secrets cannot be sealed yet', async ({ fields }) => {
    const gate = gateFor('passphrase-unset');
    const passing = gate.passFor(fields);
    expect(gate.question.value).toBe('create');
    gate.settle();
    expect(await passing).toBe(false);
    expect(gateFor('passphrase-locked').passFor(fields)).toBeInstanceOf(Promise);
    expect(await gateFor('keychain').passFor(fields)).toBe(true);
  });
});
