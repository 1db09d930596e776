import { readFile } from 'node:fs/promises';
import type { ConnectorContext, FrozenFile, RemoteRef } from '../connector.ts';
import { createOrTake, findLiving, isOwnId } from '../core/own-ids.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { askMetadata, createRow, idOf, readRow, removeRow } from './call-twenty.ts';
import { targetField } from './opportunities.ts';

const uploadQuery = `mutation UploadFilesFieldFile($file: Upload!, $fieldMetadataId: String!) {
  uploadFilesFieldFile(file: $file, fieldMetadataId: $fieldMetadataId) { id }
}`;
const fieldQuery = `query Objects($after: ConnectionCursor) {
  objects(paging: { first: 100, after: $after }) {
    pageInfo { hasNextPage endCursor }
    edges { node { nameSingular fieldsList { id name type } } }
  }
}`;
const maxPages = 20;

/** The file of this key below this person or opportunity: its id is made of the key. */
export async function findAttachments(context: ConnectorContext, parent: RemoteRef, key: string): Promise<readonly RemoteRef[]> {
  const found = await findLiving(key, { read: (id) => readRow(context, 'attachments', id) });
  return found === null || found[targetField(parent)] !== parent.id ? [] : [{ role: 'file', kind: 'attachment', id: idOf(found['id']) }];
}

/**
 * Two steps: the bytes, then the attachment that holds them. Bytes that no attachment took are removed by Twenty.
 * Sent through the API itself: its other way leads to the address of a file store, which is not the server of the connection.
 */
export async function addAttachment(context: ConnectorContext, parent: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  const fieldMetadataId = await findFileField(context);
  if (fieldMetadataId === null) throw new Permanent('setup-incomplete', { detail: 'attachment.file' });
  const uploaded = await askMetadata(context, {
    form: [
      { name: 'operations', content: JSON.stringify({ query: uploadQuery, variables: { file: null, fieldMetadataId } }) },
      { name: 'map', content: JSON.stringify({ 0: ['variables.file'] }) },
      { name: '0', content: new Uint8Array(await readFile(file.path)), fileName: file.name, mime: file.mime },
    ],
  });
  const fileId = idOf(asRecord(uploaded['uploadFilesFieldFile'])['id']);
  const { row } = await createOrTake(file.key, {
    create: (id) => createRow(context, 'attachments', { id, name: file.name, file: [{ fileId, label: file.name }], [targetField(parent)]: idOf(parent.id) }),
    read: (id) => readRow(context, 'attachments', id),
  });
  return { role: 'file', kind: 'attachment', id: idOf(row['id']) };
}

export async function withdrawAttachment(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  if (!isOwnId(ref.id, key)) throw new Permanent('rejected', { detail: `attachment ${ref.id} does not carry our key` });
  await removeRow(context, 'attachments', ref.id);
}

/** Where files of attachments belong, as the upload wants it named; null in versions that have no such field yet. */
export async function findFileField(context: ConnectorContext): Promise<string | null> {
  const known = context.memory.get('fileField');
  if (typeof known === 'string') return known;
  let after: string | null = null;
  for (let page = 0; page < maxPages; page += 1) {
    const objects = asRecord((await askMetadata(context, { json: { query: fieldQuery, variables: { after } } }))['objects']);
    const attachment = asArray(objects['edges']).map((edge) => asRecord(asRecord(edge)['node'])).find((node) => node['nameSingular'] === 'attachment');
    const field = asArray(attachment?.['fieldsList']).map(asRecord).find(({ name, type }) => name === 'file' && type === 'FILES');
    if (field !== undefined) {
      context.memory.set('fileField', idOf(field['id']));
      return idOf(field['id']);
    }
    const { hasNextPage, endCursor } = asRecord(objects['pageInfo']);
    if (attachment !== undefined || hasNextPage !== true) return null;
    after = asText(endCursor);
  }
  return null;
}
