import { readFile } from 'node:fs/promises';
import type { ConnectorContext, FrozenChunk, FrozenFile, RemoteRef, WrittenNote } from '../connector.ts';
import { readMarker } from '../core/marker.ts';
import { Permanent } from '../errors.ts';
import { numberOf } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { htmlOfText, textOfHtml } from '../text/html-note.ts';
import { callZendesk, listOf } from './call-zendesk.ts';

/** Private comments of a ticket that end with our marker; what customers can write to is never read as ours. */
export async function findComments(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  return (await listOf(context, `/tickets/${numberOf(parent.id)}/comments`, 'comments'))
    .filter((comment) => comment['public'] === false)
    .flatMap((comment): WrittenNote[] => {
      const marker = readMarker(textOfHtml(asText(comment['html_body'])));
      return marker === null || (key !== null && marker.key !== key) ? [] : [{ ref: commentRef(comment['id']), ...marker }];
    })
    .sort((a, b) => Number(a.ref.id) - Number(b.ref.id));
}

/** One private comment with its files. Zendesk drops files that no comment took. */
export async function addComment(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const uploads: string[] = [];
  for (const file of chunk.files) uploads.push(await upload(context, file));
  const comment = { html_body: htmlOfText(chunk.body), public: false, ...(uploads.length === 0 ? {} : { uploads }) };
  const { data } = await callZendesk(context, 'PUT', `/tickets/${numberOf(parent.id)}`, { json: { ticket: { comment } } });
  const events = asArray(asRecord(data['audit'])['events']).map(asRecord);
  const written = events.find((event) => event['type'] === 'Comment');
  if (written === undefined) throw new Permanent('server-incompatible', { detail: 'no comment in the answer' });
  // A public one goes to whoever requested the ticket: nothing more is written until somebody has looked.
  if (written['public'] !== false) throw new Permanent('forbidden', { detail: 'private comments' });
  return commentRef(written['id']);
}

async function upload(context: ConnectorContext, file: FrozenFile): Promise<string> {
  const bytes = new Uint8Array(await readFile(file.path));
  const { data } = await callZendesk(context, 'POST', `/uploads?filename=${encodeURIComponent(file.name)}`, {
    bytes,
    headers: { 'content-type': file.mime },
  });
  const token = asText(asRecord(data['upload'])['token']);
  if (token === '') throw new Permanent('server-incompatible', { detail: 'no token for the upload' });
  return token;
}

const commentRef = (id: unknown): RemoteRef => ({ role: 'note', kind: 'comment', id: numberOf(id) });
