import { readFile } from 'node:fs/promises';
import type { ConnectorContext, FrozenChunk, FrozenFile, RemoteRef, WrittenNote } from '../connector.ts';
import { readMarker, refuseOtherEnd } from '../core/marker.ts';
import { createOrTake } from '../core/own-ids.ts';
import { Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callSuite, idOf, listSuite } from './call-suite.ts';
import type { SuiteRecord } from './call-suite.ts';
import { acceptedFileName, harmlessText } from './harmless-text.ts';
import { placeOf, readLiving } from './own-ids.ts';

/** Notes of a contact that end with our marker, the oldest first. */
export async function findNotes(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  return (await notesOf(context, parent)).flatMap(({ id, attributes }): WrittenNote[] => {
    const marker = readMarker(asText(attributes['description']));
    if (marker === null || (key !== null && marker.key !== key)) return [];
    return [{ ref: { role: 'note', kind: 'note', id }, ...marker }];
  });
}

export async function addNote(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const body = harmlessText(chunk.body);
  const attributes = { ...below(parent), name: titleOf(body), description: body };
  const { row: note } = await createOrTake(chunk.key, placeOf(context, 'Notes', attributes));
  refuseOtherEnd(readMarker(asText(note.attributes['description'])), chunk);
  return { role: 'note', kind: 'note', id: note.id };
}

/** A file is a note of its own; its text is our key. */
export async function findFileNotes(context: ConnectorContext, parent: RemoteRef, key: string): Promise<readonly RemoteRef[]> {
  return (await notesOf(context, parent))
    .filter(({ attributes }) => asText(attributes['description']) === fileMarker(key) && asText(attributes['filename']) !== '')
    .map(({ id }): RemoteRef => ({ role: 'file', kind: 'note', id }));
}

export async function addFileNote(context: ConnectorContext, parent: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  const name = acceptedFileName(harmlessText(file.name));
  const filecontents = await readFile(file.path, 'base64');
  const attributes = { ...below(parent), name, description: fileMarker(file.key), filename: name, filecontents };
  const { row: note } = await createOrTake(file.key, placeOf(context, 'Notes', attributes));
  if (asText(note.attributes['filename']) === '') throw new Permanent('rejected', { detail: `SuiteCRM took no file ${name}` });
  return { role: 'file', kind: 'note', id: note.id };
}

/** One that is gone already is as it should be. */
export async function withdrawNote(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const note = await readLiving(context, 'Notes', idOf(ref.id));
  if (note === null) return;
  const text = asText(note.attributes['description']);
  const isOurs = ref.role === 'file' ? text === fileMarker(key) : readMarker(text)?.key === key;
  if (!isOurs) throw new Permanent('rejected', { detail: `note ${ref.id} does not carry our key` });
  await callSuite(context, 'DELETE', `/module/Notes/${note.id}`);
}

const notesOf = (context: ConnectorContext, parent: RemoteRef): Promise<readonly SuiteRecord[]> =>
  listSuite(context, 'Notes', { parent_type: 'Contacts', parent_id: idOf(parent.id) }, ['name', 'description', 'filename']);

/** Both: lists go by the parent, the history of the contact by its own field. Not shown in the customer's portal. */
const below = (parent: RemoteRef): JsonRecord => ({ parent_type: 'Contacts', parent_id: idOf(parent.id), contact_id: idOf(parent.id), portal_flag: false });
const titleOf = (body: string): string => [...(body.split('\n')[0] ?? '')].slice(0, 200).join('') || 'Palomar';
const fileMarker = (key: string): string => `[ref:${key}]`;
