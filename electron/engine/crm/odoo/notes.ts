import type { ConnectorContext, FrozenChunk, RemoteRef, WrittenNote } from '../connector.ts';
import { keyPrefix } from '../core/keys.ts';
import { readMarker } from '../core/marker.ts';
import { Conflict, Permanent } from '../errors.ts';
import { callOdoo } from './call-odoo.ts';
import { idOf } from './ids.ts';
import { modelOf } from './kinds.ts';
import { htmlToText, textToHtml } from './note-html.ts';
import { externalId, loadOnce, search, textOf } from './records.ts';

const pageSize = 200;

/** Our notes on a record. Only internal ones count: what a customer mailed is none of ours, whatever it ends with. */
export async function findNotes(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  const domain = [
    ['model', '=', modelOf(parent.kind)],
    ['res_id', '=', idOf(parent)],
    ['subtype_id.internal', '=', true],
    ['body', 'ilike', `[ref:${key ?? keyPrefix}`],
  ];
  const notes: WrittenNote[] = [];
  for (let offset = 0; ; offset += pageSize) {
    const page = await search(context, 'mail.message', domain, ['body'], { offset, limit: pageSize });
    for (const message of page) {
      const marker = readMarker(htmlToText(textOf(message, 'body')));
      if (marker !== null && (key === null || marker.key === key)) notes.push({ ref: noteRef(idOf(message)), ...marker });
    }
    if (page.length < pageSize) return notes;
  }
}

/**
 * An internal note: no mail to anybody. Made as a row of its own and not by `message_post`, because only so it takes an
 * external id.
 */
export async function addNote(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  await requireParent(context, parent);
  const id = await loadOnce(context, 'mail.message', externalId('note', chunk.key), {
    model: modelOf(parent.kind),
    res_id: String(idOf(parent)),
    body: textToHtml(chunk.body),
    message_type: 'comment',
    'subtype_id/id': 'mail.mt_note',
  });
  const [written] = await search(context, 'mail.message', [['id', '=', id]], ['body', 'res_id']);
  // The id was taken, by a note of another device that reaches less far.
  if (written === undefined || htmlToText(textOf(written, 'body')) !== chunk.body) throw new Conflict({ detail: `note ${id}` });
  return noteRef(id);
}

/** Odoo takes a file on a record that is gone, where nobody would ever see it; notes it refuses, at least in 11. */
export async function requireParent(context: ConnectorContext, parent: RemoteRef): Promise<void> {
  const model = modelOf(parent.kind);
  const [found] = await search(context, model, [['id', '=', idOf(parent)]], ['id']);
  if (found === undefined) throw new Permanent('record-gone', { detail: `${model} ${parent.id}` });
}

/** One that is gone already is as it should be. */
export async function withdrawNote(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const id = idOf(ref);
  const [message] = await search(context, 'mail.message', [['id', '=', id]], ['body']);
  if (message === undefined) return;
  if (readMarker(htmlToText(textOf(message, 'body')))?.key !== key) throw new Permanent('rejected', { detail: `note ${id} does not carry our key` });
  await callOdoo(context, { model: 'mail.message', method: 'unlink', ids: [id] });
}

const noteRef = (id: number): RemoteRef => ({ role: 'note', kind: 'note', id: String(id) });
