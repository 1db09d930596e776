import type { ConnectorContext, FrozenChunk, RemoteRef, WrittenNote } from '../connector.ts';
import { readMarker } from '../core/marker.ts';
import { Permanent } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { htmlOfText, textOfHtml } from '../text/html-note.ts';
import { callDolibarr, listDolibarr, numberOf } from './call-dolibarr.ts';

const pageSize = 100;

/** Events of a contact whose text ends with our marker. The contact is checked here too: servers ignore filters. */
export async function findEvents(context: ConnectorContext, contact: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  const notes: WrittenNote[] = [];
  const filter = `(t.fk_contact:=:${numberOf(contact.id)})`;
  for (let page = 0; ; page += 1) {
    const rows = await listDolibarr(context, '/agendaevents', filter, { sortField: 't.id', limit: pageSize, page });
    for (const row of rows.filter((one) => asText(one['contact_id']) === contact.id)) {
      const marker = markerOf(row);
      if (marker !== null && (key === null || marker.key === key)) notes.push({ ref: eventRef(numberOf(row['id'])), ...marker });
    }
    if (rows.length < pageSize) return notes.sort((a, b) => Number(a.ref.id) - Number(b.ref.id));
  }
}

/** An event that is over as soon as it is written ("not applicable"), so it stands on nobody's list of things to do. */
export async function addEvent(context: ConnectorContext, contact: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const [subject = ''] = chunk.body.split('\n');
  const id = await callDolibarr(context, 'POST', '/agendaevents', {
    type_code: 'AC_OTH',
    label: cleanLine(subject, 120).replace(/[<>]/g, ' '),
    note_private: `<div>${htmlOfText(chunk.body)}</div>`,
    datep: Math.floor(Date.now() / 1000),
    percentage: -1,
    contact_id: Number(numberOf(contact.id)),
    userownerid: Number(await ownId(context)),
  });
  return eventRef(numberOf(id));
}

/** One that is gone already is as it should be. */
export async function withdrawEvent(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const place = `/agendaevents/${numberOf(ref.id)}`;
  try {
    if (markerOf(asRecord(await callDolibarr(context, 'GET', place)))?.key !== key) {
      throw new Permanent('rejected', { detail: `event ${ref.id} does not carry our key` });
    }
    await callDolibarr(context, 'DELETE', place);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

/** Who owns what we write: the user of the key. */
export async function ownId(context: ConnectorContext): Promise<string> {
  const known = context.memory.get('user');
  if (typeof known === 'string') return known;
  const id = numberOf(asRecord(await callDolibarr(context, 'GET', '/users/info'))['id']);
  context.memory.set('user', id);
  return id;
}

const markerOf = (event: JsonRecord) => readMarker(textOfHtml(asText(event['note_private']) || asText(event['note'])).trimEnd());
const eventRef = (id: string): RemoteRef => ({ role: 'note', kind: 'event', id });
