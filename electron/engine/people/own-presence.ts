import type { BridgeSession } from '#bridge';
import type { AccountId } from '#model';
import type { Settings } from '#rpc';
import type { Log } from '../log/log.ts';

export interface OwnPresenceOptions {
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  readonly accountIds: () => readonly AccountId[];
  readonly settings: () => Pick<Settings, 'presence' | 'statusText' | 'awayAfterMinutes'>;
  readonly log: Log;
}

/** What we tell of ourselves, the same on every account. */
export interface OwnPresence {
  /** The account came online, or the person chose anew. */
  readonly tell: (id: AccountId) => void;
  readonly tellAll: () => void;
  /** The person left the desk then, or is back. */
  readonly setIdle: (sinceMs: number | null) => void;
}

/** What a session says by itself. */
const atFirst = JSON.stringify(['online', '', null]);

export const createOwnPresence = ({ sessionOf, accountIds, settings, log }: OwnPresenceOptions): OwnPresence => {
  let idleSinceMs: number | null = null;
  /** What a session was told, so that it is told only what is new. */
  const told = new WeakMap<BridgeSession, string>();

  const toldIdle = (): number | null => (settings().awayAfterMinutes === 0 ? null : idleSinceMs);
  const tell = (id: AccountId): void => {
    const session = sessionOf(id);
    const ability = session?.ownPresence;
    if (session === null || ability === undefined) return;
    const { presence, statusText } = settings();
    const idle = toldIdle();
    const now = JSON.stringify([presence, statusText, idle]);
    if ((told.get(session) ?? atFirst) === now) return;
    told.set(session, now);
    const telling = async (): Promise<void> => {
      // In the same breath: a session that is about to start must know both before it says anything.
      await Promise.all([ability.setIdle(idle), ability.setPresence(presence, statusText)]);
    };
    telling().catch((error: unknown) => {
      told.set(session, 'unknown');
      log.info('presence could not be told', { accountId: id, error });
    });
  };
  const tellAll = (): void => {
    for (const id of accountIds()) tell(id);
  };

  return {
    tell,
    tellAll,
    setIdle: (sinceMs) => {
      if (sinceMs === idleSinceMs) return;
      idleSinceMs = sinceMs;
      tellAll();
    },
  };
};
