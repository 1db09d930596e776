import { BridgeError } from '#bridge';

/** Strongest first. SCRAM-SHA-512 is not in it: no server we test against offers it. */
const mechanismsByStrength = [
  'SCRAM-SHA-256-PLUS',
  'SCRAM-SHA-1-PLUS',
  'SCRAM-SHA-256',
  'SCRAM-SHA-1',
  'PLAIN',
] as const;

export type MechanismName = (typeof mechanismsByStrength)[number];

export interface MechanismOffer {
  readonly mechanisms: ReadonlySet<string>;
  /** True when XEP-0440 advertises `tls-exporter` and our TLS can export. */
  readonly canBindChannel: boolean;
  readonly isPlainAllowed: boolean;
  /** What this account signed in with before; the server may not fall below it. */
  readonly weakestAllowed?: MechanismName | undefined;
}

/** @throws BridgeError `no-login-method` when nothing acceptable is offered. */
export function chooseMechanism(offer: MechanismOffer): MechanismName {
  const chosen = mechanismsByStrength.find(
    (name) =>
      offer.mechanisms.has(name) &&
      (!name.endsWith('-PLUS') || offer.canBindChannel) &&
      (name !== 'PLAIN' || offer.isPlainAllowed),
  );
  const offered = [...offer.mechanisms].join(', ') || 'nothing';
  if (chosen === undefined) throw new BridgeError('no-login-method', { detail: `the server offers ${offered}` });
  if (offer.weakestAllowed !== undefined && rank(chosen) > rank(offer.weakestAllowed)) {
    const detail = `the server used to offer ${offer.weakestAllowed} and now offers only ${offered}`;
    throw new BridgeError('no-login-method', { detail });
  }
  return chosen;
}

const rank = (name: MechanismName): number => mechanismsByStrength.indexOf(name);

export const isMechanismName = (name: unknown): name is MechanismName =>
  mechanismsByStrength.some((known) => known === name);
