import type { StreamLimits } from '../extensions/0478-stream-limits.ts';
import { isFastMechanism } from '../extensions/0484-fast.ts';
import type { Connection, Transport } from './connection.ts';
import type { TlsFacts } from './secure-socket.ts';
import type { SessionFeatures } from './session-features.ts';
import type { Authenticated } from './signed-in.ts';

/** How an account is connected at this moment, for a report to people. Holds no secret. */
export interface ConnectionFacts {
  readonly transport: Transport;
  /** Host and port, or the address of a WebSocket, as we were sent there. */
  readonly endpoint: string;
  /** Network address at the other end of our socket: the proxy's where there is one. */
  readonly remoteAddress: string | null;
  readonly isProxied: boolean;
  readonly onlineSinceMs: number;
  readonly tls: TlsFacts | null;
  readonly signIn: Pick<Authenticated, 'profile' | 'mechanism' | 'binding'> & {
    /** No password was needed. */
    readonly isByToken: boolean;
  };
  readonly streamManagement: {
    readonly isOn: boolean;
    readonly canResume: boolean;
    /** Whether the present session is an earlier one that was taken up again. */
    readonly isResumed: boolean;
    /** Since the program started. */
    readonly resumeCount: number;
    readonly unackedCount: number;
  };
  /** Stream features, each as its name and namespace. */
  readonly features: readonly string[];
  readonly limits: StreamLimits;
  readonly isActive: boolean;
}

/** @param onlineSinceMs on the clock of `performance` */
export function connectionFacts(
  { transport, endpoint, remoteAddress, isProxied, tlsFacts: tls }: Connection,
  { profile, mechanism, binding }: Authenticated,
  { names: features, limits, isActive }: SessionFeatures,
  onlineSinceMs: number,
  streamManagement: ConnectionFacts['streamManagement'],
): ConnectionFacts {
  return {
    ...{ transport, endpoint, remoteAddress, isProxied, tls, features, limits, isActive, streamManagement },
    onlineSinceMs: Math.round(performance.timeOrigin + onlineSinceMs),
    signIn: { profile, mechanism, binding, isByToken: isFastMechanism(mechanism) },
  };
}
