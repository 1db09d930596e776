import type { ConnectorContext, FrozenChunk, RemoteRef, WrittenNote } from '../connector.ts';
import { keyPrefix } from '../core/keys.ts';
import { readMarker } from '../core/marker.ts';
import { Permanent } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import { htmlOfText, textOfHtml } from '../text/html-note.ts';
import { callFrappe, documentPath, listDocuments } from './call-frappe.ts';
import { doctypeOf } from './kinds.ts';

const pageSize = 100;

/** Comments of a record that end with our marker, oldest first. */
export async function findComments(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  const notes: WrittenNote[] = [];
  for (let start = 0; ; start += pageSize) {
    const rows = await listDocuments(
      context,
      'Comment',
      [
        ['reference_doctype', '=', doctypeOf(parent.kind)],
        ['reference_name', '=', parent.id],
        ['comment_type', '=', 'Comment'],
        ['content', 'like', `%[ref:${key ?? keyPrefix}%`],
      ],
      ['name', 'content'],
      { start, limit: pageSize },
    );
    for (const row of rows) {
      const marker = readMarker(textOfHtml(asText(row['content'])));
      if (marker !== null && (key === null || marker.key === key)) notes.push({ ref: commentRef(asText(row['name'])), ...marker });
    }
    if (rows.length < pageSize) return notes;
  }
}

/** A comment stands in the timeline of the record, for colleagues; it is no mail and no Communication. */
export async function addComment(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const json = {
    comment_type: 'Comment',
    reference_doctype: doctypeOf(parent.kind),
    reference_name: parent.id,
    content: `<div>${htmlOfText(chunk.body)}</div>`,
  };
  const made = asRecord((await callFrappe(context, 'POST', '/api/resource/Comment', { json }))['data']);
  return commentRef(asText(made['name']));
}

/** One that is gone already is as it should be. */
export async function withdrawComment(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  try {
    const place = documentPath('Comment', ref.id);
    const comment = asRecord((await callFrappe(context, 'GET', place))['data']);
    if (readMarker(textOfHtml(asText(comment['content'])))?.key !== key) throw new Permanent('rejected', { detail: `${ref.id} does not carry our key` });
    await callFrappe(context, 'DELETE', place);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

function commentRef(name: string): RemoteRef {
  if (name === '' || name.length > 140) throw new Permanent('server-incompatible', { detail: 'a comment without a name' });
  return { role: 'note', kind: 'comment', id: name };
}
