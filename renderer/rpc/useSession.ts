import { inject, shallowReactive, watch, type InjectionKey } from 'vue';
import type { AccountRow, AppInfo, ConnectionRow, NetworkInfo, Protection, Settings } from '#rpc';
import { toRpcError, type EngineClient } from './engine-client.ts';

/** What every screen may ask about without a call: kept fresh by the engine's events. */
export interface Session {
  isReady: boolean;
  /** The engine refused to start: a store from a newer version, a profile in use … */
  failureCode: string | null;
  version: string;
  host: AppInfo['host'];
  protection: Protection;
  settings: Settings;
  networks: readonly NetworkInfo[];
  accounts: readonly AccountRow[];
  connections: readonly ConnectionRow[];
  totalUnread: number;
  /** Saves a setting; the screen shows it at once. */
  set(patch: Partial<Settings>): Promise<void>;
}

export const sessionKey: InjectionKey<Session> = Symbol('session');

const settingsBeforeStart: Settings = {
  locale: 'system',
  theme: 'system',
  closesToTray: true,
  notifications: 'full',
  isWelcomeDone: true,
  sendsReadReceipts: true,
  sendsRoomReceipts: false,
  sendsTyping: true,
  showsStyling: true,
  presence: 'online',
  statusText: '',
  awayAfterMinutes: 10,
  pushUndoSeconds: 10,
};

/** Asks once per connection for all that the first screen needs, then follows the events. */
export const createSession = (engine: EngineClient): Session => {
  const session: Session = shallowReactive({
    isReady: false,
    failureCode: null,
    version: '',
    host: 'browser',
    protection: 'keychain',
    settings: settingsBeforeStart,
    networks: [],
    accounts: [],
    connections: [],
    totalUnread: 0,
    set: async (patch: Partial<Settings>) => {
      const before = session.settings;
      session.settings = { ...before, ...patch };
      try {
        session.settings = await engine.call('settings.set', { patch });
      } catch {
        // What was not kept must not look as if it were.
        session.settings = before;
      }
    },
  });

  engine.on('accounts.changed', ({ accounts }) => (session.accounts = accounts));
  engine.on('connections.changed', ({ connections }) => (session.connections = connections));
  engine.on('vault.changed', ({ protection }) => (session.protection = protection));
  engine.on('settings.changed', ({ settings }) => (session.settings = settings));
  engine.on('conversations.changed', ({ totalUnread }) => (session.totalUnread = totalUnread));

  const start = async (): Promise<void> => {
    try {
      Object.assign(session, await engine.call('app.start', {}), { isReady: true, failureCode: null });
    } catch (thrown) {
      const { code } = toRpcError(thrown);
      if (code !== 'engine-stopped') session.failureCode = code;
    }
  };
  watch(engine.generation, () => void start());
  return session;
};

export const useSession = (): Session => {
  const session = inject(sessionKey);
  if (!session) throw new Error('No session was provided to this application.');
  return session;
};
