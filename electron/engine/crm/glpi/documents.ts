import { readFile } from 'node:fs/promises';
import type { ConnectorContext, FrozenFile, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import { addItem, listGlpi, numberOf, purgeItem, readItem } from './call-glpi.ts';

/** Documents with our key as their comment. */
export async function findDocuments(context: ConnectorContext, _ticket: RemoteRef, key: string): Promise<readonly RemoteRef[]> {
  const rows = await listGlpi(context, `/Document?searchText[comment]=${encodeURIComponent(key)}`);
  return rows
    .filter((row) => asText(row['comment']) === key && asText(row['is_deleted']) !== '1')
    .map((row) => documentRef(numberOf(row['id']), asText(row['name'])))
    .sort((a, b) => Number(a.id) - Number(b.id));
}

/** The bytes, the document and its place at the ticket in one request: what breaks leaves nothing half done. */
export async function addDocument(context: ConnectorContext, ticket: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  const input = {
    name: file.name.slice(0, 255),
    comment: file.key,
    itemtype: 'Ticket',
    items_id: numberOf(ticket.id),
    _filename: [file.name],
    _disablenotif: true,
  };
  const id = await addItem(context, 'Document', input, [
    { name: 'uploadManifest', content: JSON.stringify({ input }), mime: 'application/json' },
    { name: 'filename[0]', content: new Uint8Array(await readFile(file.path)), fileName: file.name, mime: file.mime },
  ]);
  return documentRef(id, file.name);
}

export async function withdrawDocument(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  try {
    const document = await readItem(context, 'Document', numberOf(ref.id));
    if (asText(document['comment']) !== key) throw new Permanent('rejected', { detail: `document ${ref.id} does not carry our key` });
  } catch (error) {
    if (error instanceof Permanent && error.code === 'record-gone') return;
    throw error;
  }
  await purgeItem(context, 'Document', numberOf(ref.id));
}

const documentRef = (id: number, title: string): RemoteRef => ({ role: 'file', kind: 'document', id: String(id), title });
