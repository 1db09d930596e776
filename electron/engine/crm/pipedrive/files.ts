import { readFile } from 'node:fs/promises';
import type { ConnectorContext, FrozenFile, RemoteRef } from '../connector.ts';
import { formatFileMarker } from '../core/file-marker.ts';
import { Permanent } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callPipedrive, idOf, listOfV1 } from './call-pipedrive.ts';
import { parentField } from './notes.ts';

/** Files of the record with our key: in the description, or still in the name where we were cut off after the upload. */
export async function findFiles(context: ConnectorContext, parent: RemoteRef, key: string): Promise<readonly RemoteRef[]> {
  // Leads have no list of their files: they are found at their person.
  const place = parent.kind === 'deal' ? `/v1/deals/${idOf(parent.id)}` : `/v1/persons/${await personOf(context, parent)}`;
  const rows = await listOfV1(context, `${place}/files?sort=id%20ASC`, 100);
  return rows
    .filter((row) => asText(row[parentField(parent)]) === parent.id && row['active_flag'] !== false && carriesKey(row, key))
    .map(fileRef)
    .sort((a, b) => Number(a.id) - Number(b.id));
}

/**
 * An upload has no place for a key but its name. So it comes under a name with the key, and is given its own name and the
 * key as description at once.
 */
export async function addFile(context: ConnectorContext, parent: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  const owners = parent.kind === 'lead' ? [{ name: 'person_id', content: await personOf(context, parent) }] : [];
  const uploaded = await callPipedrive(context, 'POST', '/v1/files', {
    form: [
      { name: 'file', content: new Uint8Array(await readFile(file.path)), fileName: nameWithKey(file.name, file.key), mime: file.mime },
      { name: parentField(parent), content: idOf(parent.id) },
      ...owners,
    ],
  });
  const ref = fileRef(asRecord(uploaded['data']));
  await callPipedrive(context, 'PUT', `/v1/files/${ref.id}`, { fields: { name: file.name, description: formatFileMarker(file.key) } });
  return ref;
}

export async function withdrawFile(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const place = `/v1/files/${idOf(ref.id)}`;
  try {
    const row = asRecord((await callPipedrive(context, 'GET', place))['data']);
    if (row['active_flag'] === false) return;
    if (!carriesKey(row, key)) throw new Permanent('rejected', { detail: `file ${ref.id} does not carry our key` });
    await callPipedrive(context, 'DELETE', place);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

async function personOf(context: ConnectorContext, parent: RemoteRef): Promise<string> {
  if (parent.kind !== 'lead') return idOf(parent.id);
  return idOf(asRecord((await callPipedrive(context, 'GET', `/v1/leads/${idOf(parent.id)}`))['data'])['person_id']);
}

/** Before the ending, so that the file opens with its program also when it keeps this name. */
const nameWithKey = (name: string, key: string): string => name.replace(/(\.[^.]{1,10})?$/, (ending) => ` ${key}${ending}`);

const carriesKey = (row: JsonRecord, key: string): boolean =>
  row['description'] === formatFileMarker(key) || asText(row['name']).includes(key);

const fileRef = (row: JsonRecord): RemoteRef => ({ role: 'file', kind: 'file', id: idOf(row['id']), title: asText(row['name']) });
