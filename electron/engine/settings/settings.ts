import type { Json } from '#bridge';
import type { Settings } from '#rpc';
import { schemaOf } from '#rpc/schemas';
import type { EventHub } from '../rpc/event-hub.ts';
import { withoutUndefined } from '../rpc/without-undefined.ts';
import type { WritableDb } from '../store/database.ts';
import { settings as stored } from '../store/repositories/settings.ts';

const defaults: Settings = {
  locale: 'system',
  theme: 'system',
  closesToTray: true,
  notifications: 'full',
  isWelcomeDone: false,
  sendsReadReceipts: true,
  sendsRoomReceipts: false,
  sendsTyping: true,
  showsStyling: true,
  presence: 'online',
  statusText: '',
  awayAfterMinutes: 10,
  pushUndoSeconds: 10,
};

export interface SettingsService {
  readonly get: () => Settings;
  readonly set: (patch: Partial<Settings>) => Settings;
}

/** What a person set. A stored value that is no longer allowed gives way to its default. */
export const createSettings = (db: WritableDb, events: EventHub): SettingsService => {
  let current = read(db);
  return {
    get: () => current,
    set: (patch) => {
      const changed = withoutUndefined(patch);
      stored.write(db, Object.entries(changed) as [string, Json][]);
      current = { ...current, ...changed };
      events.emit('settings.changed', { settings: current });
      return current;
    },
  };
};

const read = (db: WritableDb): Settings => {
  const values: Record<string, unknown> = {};
  for (const [key, value] of stored.read(db)) {
    const isKnown = Object.hasOwn(defaults, key);
    if (isKnown && schemaOf('settings.set').safeParse({ patch: { [key]: value } }).success) values[key] = value;
  }
  return { ...defaults, ...values };
};
