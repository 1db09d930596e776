import type { ReadableDb, WritableDb } from '../store/database.ts';
import { change, readAll, readOne } from '../store/statements.ts';
import { foldText } from '../text/fold-text.ts';
import { plainLine } from '../text/plain-line.ts';
import type { ConversationState } from './conversation-state.ts';

const titleLength = 200;
const namesInTitle = 4;
const handlesInSearch = 100;

/**
 * Works out the shown title (given by the network; else the other person's name or handle; else the members' names)
 * and what the filter of the list looks into.
 */
export function saveTitle(db: WritableDb, state: ConversationState): void {
  const people = readAll<{ name: string | null; handle: string }>(
    db,
    `SELECT display_name AS name, handle FROM participants JOIN addresses ON addresses.id = participants.address_id
     WHERE conversation_id = ? AND is_self = 0 ORDER BY addresses.id LIMIT ?`,
    state.id,
    handlesInSearch,
  );
  const peer = peerOf(db, state);
  const given = readOne<{ title: string | null }>(db, 'SELECT remote_title AS title FROM conversations WHERE id = ?', state.id);
  const title = chooseTitle(state, plainLine(given?.title ?? '', titleLength), peer, people);
  const words = [title, peer?.name, peer?.handle, ...people.flatMap(({ name, handle }) => [name, handle])];
  change(
    db,
    'UPDATE conversations SET title = ?, search_text = ? WHERE id = ?',
    title,
    foldText([...new Set(words.filter((word) => word))].join('\n')),
    state.id,
  );
}

interface Named {
  readonly name: string | null;
  readonly handle: string;
}

function peerOf(db: ReadableDb, state: ConversationState): Named | undefined {
  if (state.peerId === null) return undefined;
  return readOne<Named>(db, 'SELECT display_name AS name, handle FROM addresses WHERE id = ?', state.peerId);
}

function chooseTitle(
  state: ConversationState,
  given: string,
  peer: Named | undefined,
  people: readonly Named[],
): string {
  const shown = ({ name, handle }: Named): string => plainLine(name ?? '', titleLength) || plainLine(handle, titleLength);
  if (state.kind === 'direct' && peer) return given || shown(peer);
  if (given) return given;
  const names = people.slice(0, namesInTitle).map(shown).join(', ');
  if (names === '') return plainLine(state.remoteId, titleLength);
  return plainLine(people.length > namesInTitle ? `${names}, …` : names, titleLength);
}
