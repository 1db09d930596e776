import { Conflict, Permanent } from '../errors.ts';
import { uuidOfKey } from './uuid-of-key.ts';

export interface OwnIdPlace<Row> {
  /** @throws Conflict when the id is taken, be it by a record that was deleted */
  readonly create: (id: string) => Promise<Row>;
  /** Null when nobody has this id, or the record was deleted: products do not tell these apart. */
  readonly read: (id: string) => Promise<Row | null>;
}

/**
 * How often a record can be deleted and written anew where the product keeps what is deleted, with its id, and does not give
 * the id away a second time.
 */
const maxTurns = 4;

/** Made of this key, in whichever turn. */
export const isOwnId = (id: string, key: string): boolean => Array.from({ length: maxTurns }, (_, turn) => uuidOfKey(key, turn)).includes(id);

/** The record that was made under this key and is still there. */
export async function findLiving<Row>(key: string, { read }: Pick<OwnIdPlace<Row>, 'read'>): Promise<Row | null> {
  for (let turn = 0; turn < maxTurns; turn += 1) {
    const found = await read(uuidOfKey(key, turn));
    if (found !== null) return found;
  }
  return null;
}

/** Makes the record under an id made of the key; one that is there already is taken as it is, and nothing is doubled. */
export async function createOrTake<Row>(key: string, { create, read }: OwnIdPlace<Row>): Promise<{ readonly row: Row; readonly isNew: boolean }> {
  for (let turn = 0; turn < maxTurns; turn += 1) {
    const id = uuidOfKey(key, turn);
    try {
      return { row: await create(id), isNew: true };
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      const row = await read(id);
      if (row !== null) return { row, isNew: false };
    }
  }
  throw new Permanent('rejected', { detail: `deleted ${maxTurns} times: ${key}` });
}
