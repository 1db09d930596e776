import type { Agent } from 'node:https';
import type { Proxy } from './dial/proxy-kinds.ts';
import type { AddressLookup } from './dns/resolver.ts';
import type { OtherWays } from './web/find-other-ways.ts';
import type { MechanismName } from './sasl/choose-mechanism.ts';
import type { Endpoint } from './dns/find-endpoints.ts';
import type { SignInMemory } from './sign-in-memory.ts';
import type { TlsPolicy } from './secure-socket.ts';
import type { WireTap } from './wire-tap.ts';
import type { XmlLimits } from './xml/stream-parser.ts';

/** Everything one negotiation needs to know. */
export interface StreamOptions {
  /** Bare address of the account. */
  readonly jid: string;
  readonly username: string;
  readonly domain: string;
  /** Asked for when it is needed, so that it stays in memory no longer. @throws BridgeError `signed-out` */
  findPassword(): Promise<string>;
  readonly memory: SignInMemory;
  readonly tls: TlsPolicy;
  readonly isPlainAllowed: boolean;
  /** Written down at the first sign-in by versions that had no `memory`. */
  readonly weakestMechanism?: MechanismName | undefined;
  /** Asked anew at every attempt, because DNS changes. */
  findEndpoints(): Promise<readonly Endpoint[]>;
  /** Asked for only when no endpoint can be reached. Never rejects for want of an answer; empty then. */
  findOtherWays(signal: AbortSignal): Promise<OtherWays>;
  readonly lookUp: AddressLookup;
  /** Every connection of the account goes through it, if there is one. */
  readonly proxy?: Proxy | null | undefined;
  /** Takes https and WebSockets through that proxy. */
  findAgent?(): Promise<Agent | undefined>;
  /** How long the server may stay silent at any step of a negotiation. */
  readonly stepDeadlineMs: number;
  readonly limits?: XmlLimits | undefined;
  /** Hears what goes over the wire of every connection. */
  readonly tap?: WireTap | undefined;
}
