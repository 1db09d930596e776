/** Names of `#model` that the interface contract needs, in one place. */
export type { AccountId, BridgeId, NetworkId } from '#model';

export interface LoginFieldInfo {
  readonly name: string;
  readonly kind: 'address' | 'password' | 'text' | 'port' | 'choice';
  readonly isRequired: boolean;
  readonly isAdvanced: boolean;
  readonly options?: readonly string[] | undefined;
  readonly placeholder?: string | undefined;
}
