import { BridgeError } from '#bridge';
import type { ChannelBindings } from '../extensions/0440-channel-binding-types.ts';
import type { StreamOptions } from './credentials.ts';
import type { SecureStream } from './open-secure-stream.ts';
import { chooseMechanism, strongerOf, type Strength } from './sasl/choose-mechanism.ts';

/** The strongest mechanism that both sides can do. @throws BridgeError when it is weaker than what was used before */
export async function chooseFor(
  { connection }: SecureStream,
  options: StreamOptions,
  mechanisms: ReadonlySet<string>,
  bindings: ChannelBindings,
): Promise<Strength> {
  const { isPlainAllowed } = options;
  const weakestAllowed = await strongestKnown(options);
  try {
    return chooseMechanism({ mechanisms, bindings, isPlainAllowed, weakestAllowed });
  } catch (error) {
    // The way round may offer less than the account is used to, because a proxy ends its TLS. Then it is not taken;
    // but that is no reason to bother the person, or to stop trying the right way.
    const server = connection.host;
    if (!(error instanceof BridgeError)) throw error;
    const isWayRound = connection.transport === 'websocket' && weakestAllowed !== null;
    throw new BridgeError(isWayRound ? 'server-unreachable' : error.fault.code, { server, detail: error.fault.detail });
  }
}

/** After the server proved itself: from now on it may not ask for less. */
export async function rememberStrength(options: StreamOptions, used: Strength): Promise<void> {
  const { strongest } = await options.memory.read();
  const stronger = strongerOf(strongest, used);
  if (stronger !== strongest) await options.memory.update({ strongest: stronger });
}

async function strongestKnown({ memory, weakestMechanism }: StreamOptions): Promise<Strength | null> {
  const { strongest } = await memory.read();
  return weakestMechanism === undefined ? strongest : strongerOf(strongest, { mechanism: weakestMechanism, binding: null });
}
