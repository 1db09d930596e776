import { readFile } from 'node:fs/promises';
import type { ConnectorContext, FrozenFile, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import { byAge, callSalesforce, idOf, query, secondOver } from './call-salesforce.ts';

/** Files at a contact or case with our key as the first word of their description. */
export async function findFiles(context: ConnectorContext, parent: RemoteRef, key: string): Promise<readonly RemoteRef[]> {
  const fields = 'ContentDocumentId, ContentDocument.Description, ContentDocument.CreatedDate';
  const rows = await query(context, `SELECT ${fields} FROM ContentDocumentLink WHERE LinkedEntityId = '${idOf(parent.id)}'`);
  return rows
    .map((row) => ({ row, document: asRecord(row['ContentDocument']) }))
    .filter(({ document }) => keyOf(document['Description']) === key)
    .map(({ row, document }) => ({ createdAt: asText(document['CreatedDate']), ref: fileRef(idOf(row['ContentDocumentId'])) }))
    .sort(byAge)
    .map(({ ref }) => ref);
}

/**
 * One request: the file and where it belongs (multipart, as Salesforce wants it for what is no text).
 * https://developer.salesforce.com/docs/platform/api-rest/guide/dome-sobject-insert-update-blob.html
 */
export async function addFile(context: ConnectorContext, parent: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  const about = { Title: file.name.slice(0, 255), PathOnClient: file.name, Description: `${file.key} SHA-256 ${file.sha256}`, FirstPublishLocationId: idOf(parent.id) };
  const form = [
    { name: 'entity_content', content: JSON.stringify(about), mime: 'application/json' },
    { name: 'VersionData', content: new Uint8Array(await readFile(file.path)), fileName: file.name, mime: 'application/octet-stream' },
  ];
  const version = idOf((await callSalesforce(context, 'POST', '/sobjects/ContentVersion', { form }))['id']);
  const [row] = await query(context, `SELECT ContentDocumentId FROM ContentVersion WHERE Id = '${version}'`);
  await secondOver(context);
  return fileRef(idOf(row?.['ContentDocumentId']));
}

export async function withdrawFile(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const place = `/sobjects/ContentDocument/${idOf(ref.id)}`;
  try {
    const { Description: description } = await callSalesforce(context, 'GET', `${place}?fields=Description`);
    if (keyOf(description) !== key) throw new Permanent('rejected', { detail: `file ${ref.id} does not carry our key` });
    await callSalesforce(context, 'DELETE', place);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

const keyOf = (description: unknown): string => asText(description).split(' ', 1)[0] ?? '';
const fileRef = (id: string): RemoteRef => ({ role: 'file', kind: 'file', id });
