import type { ConnectorContext, FrozenChunk, RemoteRef, WrittenNote } from '../connector.ts';
import { readMarker, refuseOtherEnd } from '../core/marker.ts';
import type { Marker } from '../core/marker.ts';
import { createOrTake, findLiving } from '../core/own-ids.ts';
import { Permanent } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { blocksOf, textOfBlocks } from './block-text.ts';
import { callTwenty, createRow, idOf, isEqual, listRows, readRow, removeRow } from './call-twenty.ts';
import { targetField } from './opportunities.ts';

/** Notes of a person or opportunity that end with our marker, the oldest first. */
export async function findNotes(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  const targets = await listRows(context, 'noteTargets', isEqual(targetField(parent), idOf(parent.id)) ?? '', 1);
  const notes = targets.map((target) => asRecord(target['note'])).filter((note) => asText(note['id']) !== '');
  const age = (note: JsonRecord): string => `${asText(note['createdAt'])} ${asText(note['id'])}`;
  return notes
    .sort((a, b) => (age(a) < age(b) ? -1 : 1))
    .flatMap((note): WrittenNote[] => {
      const marker = markerOf(note);
      if (marker === null || (key !== null && marker.key !== key)) return [];
      return [{ ref: refOf(note), ...marker }];
    });
}

/** Two steps, each under an id of ours: the note, then what ties it to the record. Whatever is there already is taken. */
export async function addNote(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const json = { title: titleOf(chunk.body), bodyV2: { blocknote: blocksOf(chunk.body), markdown: null } };
  const { row: note } = await createOrTake(chunk.key, {
    create: (id) => createRow(context, 'notes', { id, ...json }),
    read: (id) => readRow(context, 'notes', id),
  });
  refuseOtherEnd(markerOf(note), chunk);
  const field = targetField(parent);
  const tie = { noteId: idOf(note['id']), [field]: idOf(parent.id) };
  const { row: target } = await createOrTake(tieKey(chunk.key), {
    create: (id) => createRow(context, 'noteTargets', { id, ...tie }),
    read: (id) => readRow(context, 'noteTargets', id),
  });
  // Left over from a note that somebody deleted.
  if (target['noteId'] !== tie['noteId'] || target[field] !== tie[field]) {
    await callTwenty(context, 'PATCH', `/noteTargets/${idOf(target['id'])}`, tie);
  }
  return refOf(note);
}

/** First the tie: one that ties nothing would be in the way when the note is written anew. */
export async function withdrawNote(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const note = await readRow(context, 'notes', ref.id);
  if (note === null) return;
  if (markerOf(note)?.key !== key) throw new Permanent('rejected', { detail: `note ${ref.id} does not carry our key` });
  const target = await findLiving(tieKey(key), { read: (id) => readRow(context, 'noteTargets', id) });
  if (target !== null) await removeRow(context, 'noteTargets', idOf(target['id']));
  await removeRow(context, 'notes', ref.id);
}

function markerOf(note: JsonRecord): Marker | null {
  const body = asRecord(note['bodyV2']);
  return readMarker(textOfBlocks(asText(body['blocknote']))) ?? readMarker(asText(body['markdown']));
}

const refOf = (note: JsonRecord): RemoteRef => ({ role: 'note', kind: 'note', id: idOf(note['id']) });
const tieKey = (key: string): string => `${key}/tie`;
const titleOf = (body: string): string => [...(body.split('\n')[0] ?? '')].slice(0, 200).join('');
