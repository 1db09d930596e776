import { computed, inject, shallowRef, type InjectionKey, type Ref } from 'vue';
import type { Session } from './useSession.ts';

/** Before a secret can be stored there must be something that seals it. */
export interface VaultGate {
  /** What the screen has to ask now; null: nothing. */
  readonly question: Readonly<Ref<'create' | 'unlock' | null>>;
  /** Resolves with true once secrets can be sealed, at once where they already can; false when the person declined. */
  pass(): Promise<boolean>;
  /** The dialog's end: it was answered, or closed. */
  settle(): void;
}

export const vaultGateKey: InjectionKey<VaultGate> = Symbol('vault gate');

export const createVaultGate = (session: Session): VaultGate => {
  const waiting = shallowRef<readonly ((isOpen: boolean) => void)[]>([]);
  const isOpen = (): boolean => session.protection === 'keychain' || session.protection === 'passphrase-open';
  return {
    question: computed(() => {
      if (waiting.value.length === 0) return null;
      return session.protection === 'passphrase-unset' ? 'create' : 'unlock';
    }),
    pass: () =>
      isOpen() ? Promise.resolve(true) : new Promise((resolve) => (waiting.value = [...waiting.value, resolve])),
    settle: () => {
      const answered = waiting.value;
      waiting.value = [];
      for (const resolve of answered) resolve(isOpen());
    },
  };
};

export const useVaultGate = (): VaultGate => {
  const gate = inject(vaultGateKey);
  if (!gate) throw new Error('No vault gate was provided to this screen.');
  return gate;
};
