import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ConnectorContext, FrozenFile, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { callOdoo } from './call-odoo.ts';
import { idOf } from './ids.ts';
import { modelOf } from './kinds.ts';
import { requireParent } from './notes.ts';
import { externalId, loadOnce, search, textOf } from './records.ts';

/** Files of a record with our key as their description. */
export async function findFiles(context: ConnectorContext, parent: RemoteRef, key: string): Promise<readonly RemoteRef[]> {
  const domain = [['res_model', '=', modelOf(parent.kind)], ['res_id', '=', idOf(parent)], ['description', '=', fileMarker(key)]];
  return (await search(context, 'ir.attachment', domain, ['name'])).map((file) => fileRef(idOf(file)));
}

export async function addFile(context: ConnectorContext, parent: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  await requireParent(context, parent);
  const bytes = await readFile(file.path);
  const id = await loadOnce(context, 'ir.attachment', externalId('file', file.key), {
    name: file.name,
    datas: bytes.toString('base64'),
    description: fileMarker(file.key),
    res_model: modelOf(parent.kind),
    res_id: String(idOf(parent)),
  });
  // Versions differ in the field that takes the bytes, and one that is not known is forgotten without a word.
  const [written = {}] = await search(context, 'ir.attachment', [['id', '=', id]], ['checksum']);
  // SHA-1 is what Odoo keeps of each file.
  if (textOf(written, 'checksum') !== createHash('sha1').update(bytes).digest('hex')) throw new Permanent('rejected', { detail: `file ${id} arrived changed` });
  return fileRef(id);
}

/** One that is gone already is as it should be. */
export async function withdrawFile(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const id = idOf(ref);
  const [file] = await search(context, 'ir.attachment', [['id', '=', id]], ['description']);
  if (file === undefined) return;
  if (textOf(file, 'description') !== fileMarker(key)) throw new Permanent('rejected', { detail: `file ${id} does not carry our key` });
  await callOdoo(context, { model: 'ir.attachment', method: 'unlink', ids: [id] });
}

const fileMarker = (key: string): string => `[ref:${key}]`;
const fileRef = (id: number): RemoteRef => ({ role: 'file', kind: 'attachment', id: String(id) });
