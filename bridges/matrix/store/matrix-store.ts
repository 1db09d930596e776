/** Everything one account keeps, over one database and one writer. */
import { randomUUID } from 'node:crypto';
import { createAccountData, type AccountData } from './account-data.ts';
import { openDatabase, type MatrixDatabase } from './database.ts';
import { createEmitQueue, type EmitQueue } from './emit-queue.ts';
import { createEvents, type Events } from './events.ts';
import { createMarkers, type Markers } from './markers.ts';
import { createMembers, type Members } from './members.ts';
import { createPeople, type People } from './people.ts';
import { createRooms, type Rooms } from './rooms.ts';
import { createWaitingEvents, type WaitingEvents } from './waiting-events.ts';
import { createSettings, type Settings } from './settings.ts';
import { createShieldedEvents, type ShieldedEvents } from './shielded-events.ts';

export interface MatrixStore {
  readonly database: MatrixDatabase;
  readonly settings: Settings;
  readonly rooms: Rooms;
  readonly accountData: AccountData;
  readonly events: Events;
  readonly people: People;
  readonly members: Members;
  readonly markers: Markers;
  readonly queue: EmitQueue;
  readonly waiting: WaitingEvents;
  readonly shielded: ShieldedEvents;
  /** Names this very file: batch numbers of another one mean nothing here. */
  readonly storeId: string;
  transaction<Result>(work: () => Result): Result;
  close(): void;
}

const storeIdOf = (settings: Settings): string => {
  const known = settings.get('store_id');
  if (known !== null) return known;
  const made = randomUUID();
  settings.set('store_id', made);
  return made;
};

/** @throws when another process holds the file, or the disk refuses. */
export const openMatrixStore = (path: string): MatrixStore => {
  const database = openDatabase(path);
  const settings = createSettings(database);
  return {
    database,
    settings,
    rooms: createRooms(database),
    accountData: createAccountData(database),
    events: createEvents(database),
    people: createPeople(database),
    members: createMembers(database),
    markers: createMarkers(database),
    queue: createEmitQueue(database),
    waiting: createWaitingEvents(database),
    shielded: createShieldedEvents(database),
    storeId: storeIdOf(settings),
    transaction: (work) => database.transaction(work)(),
    close: () => void database.close(),
  };
};
