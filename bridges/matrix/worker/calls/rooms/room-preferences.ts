/** What we alone decide about a room, kept at the server for all our devices. */
import type { NotifyLevel } from '#model';
import { BridgeError } from '#bridge';
import type { AccountContext } from '../../account-context.ts';

const ignoreMissing = (error: unknown): void => {
  if (!(error instanceof BridgeError) || error.fault.code !== 'not-found') throw error;
};

/** By push rules of the room, as every Matrix program does it: an override silences, a room rule leaves mentions. */
export const setNotify = async (context: AccountContext, roomId: string, level: NotifyLevel): Promise<void> => {
  const rule = (kind: 'override' | 'room'): readonly string[] => ['pushrules', 'global', kind, roomId];
  const isRoom = { kind: 'event_match', key: 'room_id', pattern: roomId };
  if (level === 'none') await context.api.put(rule('override'), { body: { conditions: [isRoom], actions: [] } });
  else await context.api.delete(rule('override')).catch(ignoreMissing);
  if (level === 'mentions') await context.api.put(rule('room'), { body: { actions: [] } });
  else await context.api.delete(rule('room')).catch(ignoreMissing);
};

export const setPinned = async (context: AccountContext, roomId: string, isPinned: boolean): Promise<void> => {
  const path = ['user', context.selfId, 'rooms', roomId, 'tags', 'm.favourite'];
  if (isPinned) await context.api.put(path, { body: { order: 0.5 } });
  else await context.api.delete(path).catch(ignoreMissing);
};
