import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { ConnectorContext, FrozenFile, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import { byId, callZoho, idOf, listOf, writtenId } from './call-zoho.ts';
import { placeOf } from './modules.ts';

/** An attachment has no description, so its name carries the key. */
const tagOf = (key: string): string => `[${key}]`;

export async function findAttachments(context: ConnectorContext, parent: RemoteRef, key: string): Promise<readonly RemoteRef[]> {
  const place = placeOf(parent);
  return (await listOf(context, `${place}/Attachments`, ['File_Name', 'Parent_Id']))
    .filter((row) => asText(asRecord(row['Parent_Id'])['id']) === parent.id && asText(row['File_Name']).includes(tagOf(key)))
    .map((row) => idOf(row['id']))
    .sort(byId)
    .map((id) => fileRef(`${place.slice(1)}/${id}`));
}

/** https://www.zoho.com/crm/developer/docs/api/v8/upload-attachment.html */
export async function addAttachment(context: ConnectorContext, parent: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  const place = placeOf(parent);
  const content = new Uint8Array(await readFile(file.path));
  const form = [{ name: 'file', content, fileName: storedName(file), mime: file.mime }];
  const said = await callZoho(context, 'POST', `${place}/Attachments`, { form });
  return fileRef(`${place.slice(1)}/${writtenId(said)}`);
}

/** One that is gone already is as it should be. */
export async function withdrawAttachment(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const [apiName = '', parentId, id] = ref.id.split('/');
  if (!['Contacts', 'Leads', 'Deals'].includes(apiName)) throw new Permanent('internal', { detail: ref.id });
  const place = `/${apiName}/${idOf(parentId)}/Attachments`;
  try {
    const found = (await listOf(context, place, ['File_Name'])).find((row) => asText(row['id']) === id);
    if (found === undefined) return;
    if (!asText(found['File_Name']).includes(tagOf(key))) throw new Permanent('rejected', { detail: `attachment ${id} does not carry our key` });
    await callZoho(context, 'DELETE', `${place}/${idOf(id)}`);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

/** Endings that Zoho does not take. */
const refusedEndings = /\.exe$/i;

function storedName({ name, key }: FrozenFile): string {
  const end = extname(name).slice(0, 20);
  const stem = name.slice(0, name.length - extname(name).length).slice(0, 150).toWellFormed();
  return `${stem} ${tagOf(key)}${refusedEndings.test(end) ? `${end}.txt` : end}`;
}

const fileRef = (id: string): RemoteRef => ({ role: 'file', kind: 'attachment', id });
