import { BridgeError } from '#bridge';
import type { ChannelBindings } from '../../extensions/0440-channel-binding-types.ts';
import type { SaslOffer } from '../../extensions/0474-scram-downgrade-protection.ts';
import type { Strength } from './choose-mechanism.ts';
import type { SaslMechanism } from './mechanism.ts';
import { plain } from './plain.ts';
import { scram, type ScramHash } from './scram.ts';

export interface PasswordLogin {
  readonly username: string;
  readonly password: string;
  readonly bindings: ChannelBindings;
  readonly offer: SaslOffer;
}

/** The exchange with a password that `chosen` names. */
export function createMechanism(chosen: Strength, login: PasswordLogin): SaslMechanism {
  const { username, password, bindings, offer } = login;
  if (chosen.mechanism === 'PLAIN') return plain(username, password);
  const { binding: type } = chosen;
  const data = type === null ? undefined : bindings.get(type);
  const isBound = chosen.mechanism.endsWith('-PLUS');
  if (isBound && data === undefined) throw new BridgeError('internal', { detail: 'no channel to bind to' });
  const channelBinding = type === null || data === undefined ? undefined : { type, data };
  return scram({ hash: hashOf(chosen.mechanism), username, password, offer, channelBinding });
}

function hashOf(mechanism: string): ScramHash {
  if (mechanism.startsWith('SCRAM-SHA-512')) return 'sha512';
  return mechanism.startsWith('SCRAM-SHA-256') ? 'sha256' : 'sha1';
}
