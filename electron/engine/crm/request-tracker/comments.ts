import { readFile } from 'node:fs/promises';
import type { ConnectorContext, FrozenChunk, FrozenFile, RemoteRef, WrittenNote } from '../connector.ts';
import { formatFieldMarker, readFieldMarker } from '../core/marker.ts';
import { keyPrefix } from '../core/keys.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { callRt, quoteSql } from './call-rt.ts';
import { customFields } from './custom-fields.ts';
import { encodedName, safeMime } from './encoded-name.ts';
import { requireQueue } from './queue.ts';
import { fieldValues, isTicketGone } from './tickets.ts';

const pageSize = 100;

/** Comments of a ticket that carry our field. The ticket's number is checked here too: servers ignore filters. */
export async function findComments(context: ConnectorContext, ticket: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  const wanted = key === null ? keyPrefix : `${key};l=`;
  const query = `ObjectType='RT::Ticket' AND TicketId=${Number(ticket.id)} AND 'CF.{${customFields.chunkRef}}' LIKE ${quoteSql(wanted)}`;
  const notes: WrittenNote[] = [];
  for (let page = 1; ; page += 1) {
    const path = `/transactions?query=${encodeURIComponent(query)}&fields=ObjectId,CustomFields&per_page=${pageSize}&page=${page}`;
    const rows = asArray(asRecord((await callRt(context, 'GET', path)).body)['items']).map(asRecord);
    for (const row of rows.filter((one) => asText(one['ObjectId']) === ticket.id)) {
      const marker = fieldValues(row, customFields.chunkRef).map(readFieldMarker).find((one) => one !== null);
      if (marker && (key === null || marker.key === key)) notes.push({ ref: commentRef(asText(row['id'])), ...marker });
    }
    if (rows.length < pageSize) return notes.sort((a, b) => Number(a.ref.id) - Number(b.ref.id));
  }
}

/** A comment, never correspondence: comments are not mailed to requestors. Files go along in the same request. */
export async function addComment(context: ConnectorContext, ticket: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  await requireQueue(context);
  // RT refuses attachments without a byte; the text names the file.
  const files = chunk.files.filter((file) => file.sizeBytes > 0);
  const attachments = await Promise.all(files.map(toAttachment));
  const { body, headers } = await sendComment(context, ticket, {
    Content: chunk.body,
    ContentType: 'text/plain',
    TxnCustomFields: { [customFields.chunkRef]: formatFieldMarker(chunk) },
    ...(attachments.length === 0 ? {} : { Attachments: attachments }),
  });
  const complaint = asArray(body).map(asText).find((line) => line.startsWith('Unable to load transaction custom field'));
  if (complaint !== undefined) throw new Permanent('setup-incomplete', { detail: customFields.chunkRef });
  return commentRef(/\/transaction\/(\d+)$/.exec(headers.get('location') ?? '')?.[1] ?? '');
}

async function sendComment(context: ConnectorContext, ticket: RemoteRef, json: Readonly<Record<string, unknown>>) {
  try {
    return await callRt(context, 'POST', `/ticket/${Number(ticket.id)}/comment`, json);
  } catch (error) {
    // A ticket that is not there is answered with "Message could not be recorded".
    if (error instanceof Permanent && error.code === 'rejected' && (await isTicketGone(context, ticket))) {
      throw new Permanent('record-gone', { detail: `ticket ${ticket.id}` });
    }
    throw error;
  }
}

async function toAttachment(file: FrozenFile): Promise<Readonly<Record<string, string>>> {
  return {
    FileName: encodedName(file.name),
    FileType: safeMime(file.mime),
    FileContent: await readFile(file.path, 'base64'),
  };
}

const commentRef = (id: string): RemoteRef => ({ role: 'note', kind: 'comment', id });
