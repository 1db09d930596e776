import type { ConnectorContext, FrozenChunk, RemoteRef, WrittenNote } from '../connector.ts';
import { readMarker } from '../core/marker.ts';
import { Permanent } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { htmlOfText, textOfHtml } from '../text/html-note.ts';
import { callPipedrive, idOf, listOfV1 } from './call-pipedrive.ts';

/** How notes and files name what they belong to. */
export const parentField = (parent: RemoteRef): 'person_id' | 'deal_id' | 'lead_id' =>
  parent.kind === 'deal' ? 'deal_id' : parent.kind === 'lead' ? 'lead_id' : 'person_id';

export async function findNotes(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  const field = parentField(parent);
  const rows = await listOfV1(context, `/v1/notes?${field}=${idOf(parent.id)}&sort=id%20ASC`, 100);
  return rows
    // A server that ignores the filter would show us notes of everybody.
    .filter((row) => asText(row[field]) === parent.id && row['active_flag'] !== false)
    .flatMap((row): WrittenNote[] => {
      const marker = markerOf(row);
      return marker === null || (key !== null && marker.key !== key) ? [] : [{ ref: noteRef(row), ...marker }];
    })
    .sort((a, b) => Number(a.ref.id) - Number(b.ref.id));
}

export async function addNote(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const id = idOf(parent.id);
  const json = { content: htmlOfText(chunk.body), [parentField(parent)]: parent.kind === 'lead' ? id : Number(id) };
  return noteRef(asRecord((await callPipedrive(context, 'POST', '/v1/notes', { json }))['data']));
}

export async function withdrawNote(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const place = `/v1/notes/${idOf(ref.id)}`;
  try {
    const row = asRecord((await callPipedrive(context, 'GET', place))['data']);
    if (row['active_flag'] === false) return;
    if (markerOf(row)?.key !== key) throw new Permanent('rejected', { detail: `note ${ref.id} does not carry our key` });
    await callPipedrive(context, 'DELETE', place);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

const markerOf = (row: JsonRecord) => readMarker(textOfHtml(asText(row['content'])));
const noteRef = (row: JsonRecord): RemoteRef => ({ role: 'note', kind: 'note', id: idOf(row['id']) });
