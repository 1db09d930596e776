import { readFile } from 'node:fs/promises';
import type { ConnectorContext, FrozenChunk, FrozenFile, RemoteRef, WrittenNote } from '../connector.ts';
import { readMarker } from '../core/marker.ts';
import { uuidOfKey } from '../core/uuid-of-key.ts';
import { Conflict, Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { htmlOfText, textOfHtml } from '../text/html-note.ts';
import { createRow, deleteRow, guidOf, listRows, readRow } from './call-dynamics.ts';

const fields = ['annotationid', 'notetext'];

/** Our notes in the timeline of a contact or case; one of a key is read by its id. */
export async function findNotes(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  const rows = key === null ? await notesOf(context, parent) : [await readRow(context, 'annotations', uuidOfKey(key), fields)];
  return rows.flatMap((row): WrittenNote[] => {
    const marker = row === null ? null : readMarker(textOfHtml(asText(row['notetext'])));
    if (row === null || marker === null || (key !== null && marker.key !== key)) return [];
    return [{ ref: noteRef(guidOf(row['annotationid'])), ...marker }];
  });
}

const notesOf = (context: ConnectorContext, parent: RemoteRef): Promise<readonly JsonRecord[]> =>
  listRows(context, 'annotations', { $select: fields.join(','), $filter: `_objectid_value eq ${guidOf(parent.id)} and isdocument eq false`, $orderby: 'createdon' });

/**
 * Notes are shown as HTML. One that is there already with this very end is the one that was to be written.
 * @throws Conflict when another device wrote it with another end; Permanent `rejected` when somebody has written it over
 */
export async function addNote(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const body = kept(chunk.body);
  const json = { subject: cleanLine(body.split('\n', 1)[0] ?? '', 200), notetext: htmlOfText(body), ...at(parent) };
  try {
    return noteRef(await createRow(context, 'annotations', chunk.key, json));
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    const id = uuidOfKey(chunk.key);
    const row = await readRow(context, 'annotations', id, fields);
    const marker = row === null ? null : readMarker(textOfHtml(asText(row['notetext'])));
    if (row !== null && marker?.key !== chunk.key) throw new Permanent('rejected', { detail: `note ${id} was changed` });
    if (marker?.last !== chunk.last) throw error;
    return noteRef(id);
  }
}

export async function findFiles(context: ConnectorContext, _parent: RemoteRef, key: string): Promise<readonly RemoteRef[]> {
  const row = await readRow(context, 'annotations', uuidOfKey(key), ['annotationid', 'filename']);
  return row === null ? [] : [fileRef(guidOf(row['annotationid']))];
}

export async function addFile(context: ConnectorContext, parent: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  const json = {
    subject: cleanLine(file.name, 200),
    isdocument: true,
    filename: file.name,
    mimetype: file.mime.slice(0, 256),
    documentbody: await readFile(file.path, 'base64'),
    ...at(parent),
  };
  return fileRef(await createRow(context, 'annotations', file.key, json));
}

/** Its id is made of the key; a note that somebody has written over is no longer ours. */
export async function withdrawAnnotation(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  if (guidOf(ref.id) !== uuidOfKey(key)) throw new Permanent('rejected', { detail: `note ${ref.id} does not carry our key` });
  const row = await readRow(context, 'annotations', ref.id, fields);
  if (row === null) return;
  if (ref.role === 'note' && readMarker(textOfHtml(asText(row['notetext'])))?.key !== key) throw new Permanent('rejected', { detail: `note ${ref.id} was changed` });
  await deleteRow(context, 'annotations', ref.id);
}

const at = (parent: RemoteRef): JsonRecord =>
  parent.kind === 'case' ? { 'objectid_incident@odata.bind': `/incidents(${guidOf(parent.id)})` } : { 'objectid_contact@odata.bind': `/contacts(${guidOf(parent.id)})` };

/** `*WEB*` shows a note to the customers of a portal: what somebody writes must not. A sign without width breaks it. */
const kept = (text: string): string => text.replace(/\*(?=web\*)/gi, '*\u200b');

const noteRef = (id: string): RemoteRef => ({ role: 'note', kind: 'note', id });
const fileRef = (id: string): RemoteRef => ({ role: 'file', kind: 'file', id });
