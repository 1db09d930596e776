import { readFile } from 'node:fs/promises';
import type { ConnectorContext, FrozenFile, RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { numberOf } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { callRedmine } from './call-redmine.ts';

/** Files of an issue with our key as their description. */
export async function findAttachments(context: ConnectorContext, parent: RemoteRef, key: string): Promise<readonly RemoteRef[]> {
  const issue = asRecord((await callRedmine(context, 'GET', `/issues/${numberOf(parent.id)}.json?include=attachments`))['issue']);
  return asArray(issue['attachments'])
    .map(asRecord)
    .filter((attachment) => attachment['description'] === key)
    .map((attachment): RemoteRef => ({ role: 'file', kind: 'attachment', id: numberOf(attachment['id']), title: asText(attachment['filename']) }))
    .sort((a, b) => Number(a.id) - Number(b.id));
}

/** Two steps: the bytes, then the issue takes them. Bytes that no issue took are removed by Redmine after a day. */
export async function addAttachment(context: ConnectorContext, parent: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  const content = new Uint8Array(await readFile(file.path));
  const uploaded = await callRedmine(context, 'POST', `/uploads.json?filename=${encodeURIComponent(file.name)}`, { bytes: content });
  const token = asText(asRecord(uploaded['upload'])['token']);
  const uploads = [{ token, filename: file.name, content_type: file.mime, description: file.key }];
  await callRedmine(context, 'PUT', `/issues/${numberOf(parent.id)}.json`, { json: { issue: { uploads } } });
  const ours = (await findAttachments(context, parent, file.key)).at(-1);
  if (ours === undefined) throw new Permanent('forbidden', { detail: 'Edit issues' });
  return ours;
}

export async function withdrawAttachment(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const place = `/attachments/${numberOf(ref.id)}.json`;
  try {
    const attachment = asRecord((await callRedmine(context, 'GET', place))['attachment']);
    if (attachment['description'] !== key) throw new Permanent('rejected', { detail: `attachment ${ref.id} does not carry our key` });
    await callRedmine(context, 'DELETE', place);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}
