// @vitest-environment jsdom
import { mount } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { nextTick, reactive, ref } from 'vue';
import type { AccountRow, Protection, Shell } from '#rpc';
import AccountBanners from '../../../renderer/features/accounts/AccountBanners.vue';
import { createMessages } from '../../../renderer/i18n/i18n.ts';
import { createEngineClient, engineKey } from '../../../renderer/rpc/index.ts';
import { sessionKey, type Session } from '../../../renderer/rpc/useSession.ts';
import { vaultGateKey, type VaultGate } from '../../../renderer/rpc/useVaultGate.ts';
import { accounts } from '../../kit/fake-engine/fake-data.ts';
import { createFakeEngine } from '../../kit/fake-engine/fake-engine-port.ts';

describe('the banner about a lost keychain', () => {
  it('stands there only while something is sealed by it, and leads to a passphrase', async () => {
    const [first] = accounts;
    if (first === undefined) throw new Error('no sample account');
    const account = (state: AccountRow['state']): AccountRow => ({ ...first, state, fault: null });
    const session = reactive({ protection: 'passphrase-unset' as Protection, accounts: [account('locked')] });
    const pass = vi.fn(() => Promise.resolve(true));
    const gate: VaultGate = { question: ref(null), pass, passFor: pass, settle: () => undefined };
    const engine = createEngineClient({ connect: () => Promise.resolve(createFakeEngine({ conversationCount: 1, messageCount: 1 })) } as unknown as Shell);
    const provide = { [sessionKey as symbol]: session as unknown as Session, [vaultGateKey as symbol]: gate, [engineKey as symbol]: engine };
    const view = mount(AccountBanners, { global: { plugins: [createMessages()], provide } });
    const banner = '[data-testid="lost-keychain-banner"]';

    await view.get(`${banner} button`).trigger('click');
    expect(pass).toHaveBeenCalledOnce();
    session.protection = 'passphrase-locked';
    await nextTick();
    expect(view.find(banner).exists()).toBe(false);
    expect(view.find('[data-testid="locked-banner"]').exists()).toBe(true);
    session.protection = 'passphrase-unset';
    session.accounts = [account('online')];
    await nextTick();
    expect(view.find(banner).exists()).toBe(false);
    view.unmount();
  });
});
