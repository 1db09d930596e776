import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { ConnectorContext, FrozenFile, RemoteRef } from '../connector.ts';
import { keyPrefix } from '../core/keys.ts';
import { Permanent } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import { callFrappe, documentPath, listDocuments } from './call-frappe.ts';
import { doctypeOf } from './kinds.ts';

/** A File has no text of its own, so its name carries the key; Frappe may put more behind it where a name is taken. */
const tagOf = (key: string): string => `-${key.slice(0, keyPrefix.length - 1)}-${key.slice(keyPrefix.length)}`;

export async function findFiles(context: ConnectorContext, parent: RemoteRef, key: string): Promise<readonly RemoteRef[]> {
  const rows = await listDocuments(
    context,
    'File',
    [
      ['attached_to_doctype', '=', doctypeOf(parent.kind)],
      ['attached_to_name', '=', parent.id],
      ['file_name', 'like', `%${tagOf(key)}%`],
    ],
    ['name', 'file_name'],
  );
  return rows.filter((row) => asText(row['file_name']).includes(tagOf(key))).map((row) => fileRef(asText(row['name']), asText(row['file_name'])));
}

/** Private: only who may read the record may read the file. */
export async function addFile(context: ConnectorContext, parent: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  const made = asRecord(
    (
      await callFrappe(context, 'POST', '/api/method/upload_file', {
        form: [
          { name: 'is_private', content: '1' },
          { name: 'doctype', content: doctypeOf(parent.kind) },
          { name: 'docname', content: parent.id },
          { name: 'file', content: new Uint8Array(await readFile(file.path)), fileName: taggedName(file), mime: file.mime },
        ],
      })
    )['message'],
  );
  if (asText(made['is_private']) !== '1') throw new Permanent('server-incompatible', { detail: 'the file is not private' });
  return fileRef(asText(made['name']), asText(made['file_name']));
}

export async function withdrawFile(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  try {
    const file = asRecord((await callFrappe(context, 'GET', documentPath('File', ref.id)))['data']);
    if (!asText(file['file_name']).includes(tagOf(key))) throw new Permanent('rejected', { detail: `${ref.id} does not carry our key` });
    await callFrappe(context, 'DELETE', documentPath('File', ref.id));
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

/** The column takes 140 signs, and Frappe may add six. */
function taggedName(file: FrozenFile): string {
  const end = extname(file.name).slice(0, 20);
  return `${file.name.slice(0, file.name.length - extname(file.name).length).slice(0, 80).toWellFormed()}${tagOf(file.key)}${end}`;
}

function fileRef(name: string, title: string): RemoteRef {
  if (name === '' || name.length > 140) throw new Permanent('server-incompatible', { detail: 'a file without a name' });
  return { role: 'file', kind: 'attachment', id: name, title };
}
