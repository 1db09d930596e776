import { BridgeError } from '#bridge';
import { bindingTypesByStrength, type ChannelBindings, type ChannelBindingType } from '../../extensions/0440-channel-binding-types.ts';

/** Strongest first. */
const mechanismsByStrength = [
  'SCRAM-SHA-512-PLUS',
  'SCRAM-SHA-256-PLUS',
  'SCRAM-SHA-1-PLUS',
  'SCRAM-SHA-512',
  'SCRAM-SHA-256',
  'SCRAM-SHA-1',
  'PLAIN',
] as const;

export type MechanismName = (typeof mechanismsByStrength)[number];

/** How we signed in, or may have to. */
export interface Strength {
  readonly mechanism: MechanismName;
  /** Of a -PLUS mechanism; null otherwise, or when it was not written down. */
  readonly binding: ChannelBindingType | null;
}

export interface MechanismOffer {
  readonly mechanisms: ReadonlySet<string>;
  /** Of the types that XEP-0440 advertises, those that our TLS can give. */
  readonly bindings: ChannelBindings;
  readonly isPlainAllowed: boolean;
  /** The strongest this account ever signed in with; the server may not fall below it. */
  readonly weakestAllowed?: Strength | null | undefined;
}

/**
 * @throws BridgeError `no-login-method` when nothing acceptable is offered, `server-not-trusted` when less is offered
 *   than this account is used to
 */
export function chooseMechanism(offer: MechanismOffer): Strength {
  const { mechanisms, bindings, isPlainAllowed, weakestAllowed = null } = offer;
  const [binding = null] = bindings.keys();
  const mechanism = mechanismsByStrength.find(
    (name) => mechanisms.has(name) && (!isBound(name) || binding !== null) && (name !== 'PLAIN' || isPlainAllowed),
  );
  const offered = [...mechanisms].slice(0, 20).join(', ').slice(0, 300) || 'nothing';
  const chosen = mechanism === undefined ? null : { mechanism, binding: isBound(mechanism) ? binding : null };
  if (weakestAllowed !== null && (chosen === null || isWeaker(chosen, weakestAllowed))) {
    const before = [weakestAllowed.mechanism, weakestAllowed.binding ?? []].flat().join(' with ');
    const detail = `the server used to offer ${before} and now offers only ${offered}`;
    throw new BridgeError('server-not-trusted', { detail });
  }
  if (chosen === null) throw new BridgeError('no-login-method', { detail: `the server offers ${offered}` });
  return chosen;
}

/** The better of what is known already and what was used now. */
export const strongerOf = (known: Strength | null, used: Strength): Strength =>
  known !== null && isWeaker(used, known) ? known : used;

function isWeaker(one: Strength, other: Strength): boolean {
  if (rank(one.mechanism) !== rank(other.mechanism)) return rank(one.mechanism) > rank(other.mechanism);
  return other.binding !== null && bindingRank(one.binding) > bindingRank(other.binding);
}

const rank = (name: MechanismName): number => mechanismsByStrength.indexOf(name);

const bindingRank = (type: ChannelBindingType | null): number =>
  type === null ? bindingTypesByStrength.length : bindingTypesByStrength.indexOf(type);

const isBound = (name: MechanismName): boolean => name.endsWith('-PLUS');

export const isMechanismName = (name: unknown): name is MechanismName =>
  mechanismsByStrength.some((known) => known === name);
