import { computed, inject, shallowRef, type InjectionKey, type Ref } from 'vue';
import type { Session } from './useSession.ts';

/** Before a secret can be stored there must be something that seals it. */
export interface VaultGate {
  /** What the screen has to ask now; null: nothing. */
  readonly question: Readonly<Ref<'create' | 'unlock' | null>>;
  /** Resolves with true once secrets can be sealed, at once where they already can; false when the person declined. */
  pass(): Promise<boolean>;
  /** The same for a form: nothing is asked where no field holds a secret, such as a folder on this computer. */
  passFor(fields: readonly { readonly kind: string }[]): Promise<boolean>;
  /** The dialog's end: it was answered, or closed. */
  settle(): void;
}

export const vaultGateKey: InjectionKey<VaultGate> = Symbol('vault gate');

/** The engine's own rule: what is sealed are the fields of kind `password`. */
const hasSecret = (fields: readonly { readonly kind: string }[]): boolean => fields.some(({ kind }) => kind === 'password');

export const createVaultGate = (session: Session): VaultGate => {
  const waiting = shallowRef<readonly ((isOpen: boolean) => void)[]>([]);
  const isOpen = (): boolean => session.protection === 'keychain' || session.protection === 'passphrase-open';
  const pass = (): Promise<boolean> =>
    isOpen() ? Promise.resolve(true) : new Promise((resolve) => (waiting.value = [...waiting.value, resolve]));
  return {
    question: computed(() => {
      if (waiting.value.length === 0) return null;
      return session.protection === 'passphrase-unset' ? 'create' : 'unlock';
    }),
    pass,
    passFor: (fields) => (hasSecret(fields) ? pass() : Promise.resolve(true)),
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
