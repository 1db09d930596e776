import type { ConnectorContext, FrozenChunk, RemoteRef, WrittenNote } from '../connector.ts';
import { readMarker } from '../core/marker.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { htmlOfText, textOfHtml } from '../text/html-note.ts';
import { callHubspot, numberOf } from './call-hubspot.ts';
import { idOf, recordKind } from './records.ts';

const pageSize = 500;
/** A record with more notes than this is read no further. */
const maxPages = 40;
const batchSize = 100;

/** One note as HubSpot has it. */
export interface StoredNote {
  readonly id: string;
  readonly text: string;
  readonly fileIds: readonly string[];
}

/** All notes of a record, oldest first. Read by association: what was written a moment ago is there, unlike in a search. */
export async function readNotes(context: ConnectorContext, parent: RemoteRef): Promise<readonly StoredNote[]> {
  const ids = await noteIds(context, parent);
  const notes: StoredNote[] = [];
  for (let offset = 0; offset < ids.length; offset += batchSize) {
    const inputs = ids.slice(offset, offset + batchSize).map((id) => ({ id }));
    const properties = ['hs_note_body', 'hs_attachment_ids'];
    const read = await callHubspot(context, 'POST', '/crm/v3/objects/notes/batch/read', { json: { inputs, properties } });
    notes.push(...asArray(read['results']).map((note) => toNote(asRecord(note))));
  }
  return notes.sort((a, b) => Number(a.id) - Number(b.id));
}

async function noteIds(context: ConnectorContext, parent: RemoteRef): Promise<readonly string[]> {
  const place = `/crm/v3/objects/${recordKind(parent.kind).plural}/${idOf(parent)}/associations/notes?limit=${pageSize}`;
  const ids = new Set<string>();
  let after = '';
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await callHubspot(context, 'GET', `${place}${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`);
    for (const row of asArray(answer['results'])) ids.add(numberOf(asRecord(row)['id']));
    after = asText(asRecord(asRecord(answer['paging'])['next'])['after']);
    if (after === '') return [...ids];
  }
  throw new Permanent('server-incompatible', { detail: `more than ${maxPages * pageSize} notes` });
}

function toNote(note: JsonRecord): StoredNote {
  const properties = asRecord(note['properties']);
  const files = asText(properties['hs_attachment_ids']).split(';').filter((id) => /^\d{1,18}$/.test(id));
  return { id: numberOf(note['id']), text: textOfHtml(asText(properties['hs_note_body'])), fileIds: files };
}

/** Null: it is gone. */
export async function readNote(context: ConnectorContext, id: string): Promise<StoredNote | null> {
  try {
    return toNote(await callHubspot(context, 'GET', `/crm/v3/objects/notes/${id}?properties=hs_note_body,hs_attachment_ids`));
  } catch (error) {
    if (error instanceof Permanent && error.code === 'record-gone') return null;
    throw error;
  }
}

export async function findNotes(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  return (await readNotes(context, parent)).flatMap(({ id, text }): WrittenNote[] => {
    const marker = readMarker(text);
    return marker === null || (key !== null && marker.key !== key) ? [] : [{ ref: noteRef(id), ...marker }];
  });
}

export async function addNote(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  return noteRef(await createNote(context, parent, { hs_note_body: htmlOfText(chunk.body) }));
}

/** @returns its number */
export async function createNote(context: ConnectorContext, parent: RemoteRef, properties: JsonRecord): Promise<string> {
  const { noteAssociation } = recordKind(parent.kind);
  const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: noteAssociation }];
  const json = {
    properties: { ...properties, hs_timestamp: new Date().toISOString() },
    associations: [{ to: { id: idOf(parent) }, types }],
  };
  return numberOf((await callHubspot(context, 'POST', '/crm/v3/objects/notes', { json }))['id']);
}

export async function withdrawNote(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const note = await readNote(context, numberOf(ref.id));
  if (note === null) return;
  if (readMarker(note.text)?.key !== key) throw new Permanent('rejected', { detail: `note ${ref.id} does not carry our key` });
  await callHubspot(context, 'DELETE', `/crm/v3/objects/notes/${note.id}`);
}

const noteRef = (id: string): RemoteRef => ({ role: 'note', kind: 'note', id });
