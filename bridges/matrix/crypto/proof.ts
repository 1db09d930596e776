/** What decrypting an event told about where it comes from. A symbol, which no server can write into its JSON. */
import type { MessageShield } from '#model';

export interface Proof {
  /** What speaks against it all the same; null: nothing. */
  readonly shield: MessageShield | null;
}

const proofKey: unique symbol = Symbol('palomar.proof');

/** The event, and that it came encrypted. */
export const withProof = <Raw extends object>(raw: Raw, proof: Proof): Raw => ({ ...raw, [proofKey]: proof });

/** Null: it came in clear, or could not be decrypted. */
export const proofOf = (raw: object): Proof | null => (raw as { readonly [proofKey]?: Proof })[proofKey] ?? null;
