import { readFile } from 'node:fs/promises';
import type { ConnectorContext, FrozenChunk, FrozenFile, RemoteRef, WrittenNote } from '../connector.ts';
import { keyPrefix } from '../core/keys.ts';
import { readMarker } from '../core/marker.ts';
import { Permanent } from '../errors.ts';
import { asArray, asId, asRecord, asText } from '../http/json-value.ts';
import { modelOf, resourceOf } from './models.ts';
import { call } from './session.ts';

const pageSize = 200;

/** Our notes on a record, read by the marker in their last line. */
export async function findNotes(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  // `like`: with `ilike`, Tryton on PostgreSQL looks for whole words, and the beginning of a key is none.
  const domain = [['resource', '=', resourceOf(parent)], ['message', 'like', `%[ref:${key ?? keyPrefix}%`]];
  const notes: WrittenNote[] = [];
  for (let offset = 0; ; offset += pageSize) {
    const page = asArray(
      await call(context, 'model.ir.note.search_read', domain, offset, pageSize, [['id', 'ASC']], ['message']),
    ).map(asRecord);
    for (const row of page) {
      const marker = readMarker(asText(row['message']));
      if (marker !== null && (key === null || marker.key === key)) notes.push({ ref: noteRef(asText(row['id'])), ...marker });
    }
    if (page.length < pageSize) return notes;
  }
}

export async function createNote(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const id = await createUnder(context, 'ir.note', parent, { message: chunk.body });
  return noteRef(id);
}

export async function createAttachment(context: ConnectorContext, parent: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  const id = await createUnder(context, 'ir.attachment', parent, {
    type: 'data',
    name: file.name,
    description: `${fileMarker(file.key)}\nSHA-256 ${file.sha256}`,
    data: { __class__: 'bytes', base64: await readFile(file.path, 'base64') },
  });
  return { role: 'file', kind: 'attachment', id };
}

export async function findAttachments(context: ConnectorContext, parent: RemoteRef, key: string): Promise<readonly RemoteRef[]> {
  const domain = [['resource', '=', resourceOf(parent)], ['description', 'like', `%${fileMarker(key)}%`]];
  const rows = asArray(await call(context, 'model.ir.attachment.search_read', domain, 0, 50, [['id', 'ASC']], ['description']));
  return rows
    .map(asRecord)
    .filter((row) => asText(row['description']).startsWith(fileMarker(key)))
    .map((row): RemoteRef => ({ role: 'file', kind: 'attachment', id: asText(row['id']) }));
}

const fileMarker = (key: string): string => `[ref:${key}]`;
const noteRef = (id: string): RemoteRef => ({ role: 'note', kind: 'note', id });

async function createUnder(context: ConnectorContext, model: string, parent: RemoteRef, values: object): Promise<string> {
  try {
    const answer = await call(context, `model.${model}.create`, [{ resource: resourceOf(parent), ...values }]);
    const id = asId(asArray(answer)[0]);
    if (id === null) throw new Permanent('server-incompatible', { detail: `no id for the new ${model}` });
    return String(id);
  } catch (error) {
    // A record that was deleted meanwhile shows as one of several sentences; the record itself tells best.
    if (error instanceof Permanent && error.code === 'rejected' && !(await exists(context, parent))) {
      throw new Permanent('record-gone', { detail: resourceOf(parent) });
    }
    throw error;
  }
}

async function exists(context: ConnectorContext, ref: RemoteRef): Promise<boolean> {
  return asArray(await call(context, `model.${modelOf(ref.kind)}.search`, [['id', '=', Number(ref.id)]], 0, 1, null)).length > 0;
}
