import type { ConnectorContext, FrozenChunk, RemoteRef, WrittenNote } from '../connector.ts';
import { readMarker } from '../core/marker.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { byId, callZoho, idOf, listOf, writtenId } from './call-zoho.ts';
import { moduleOf, placeOf } from './modules.ts';

/** Our notes at a record. Read as its related list: a search knows them later. */
export async function findNotes(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  return (await listOf(context, `${placeOf(parent)}/Notes`, ['Note_Content', 'Parent_Id']))
    // Notes of what hangs below a record may stand in its list too.
    .filter((note) => asText(asRecord(note['Parent_Id'])['id']) === parent.id)
    .flatMap((note): WrittenNote[] => {
      const marker = readMarker(asText(note['Note_Content']));
      return marker === null || (key !== null && marker.key !== key) ? [] : [{ ref: noteRef(idOf(note['id'])), ...marker }];
    })
    .sort((a, b) => byId(a.ref.id, b.ref.id));
}

export async function addNote(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const at = { module: { api_name: moduleOf(parent).apiName }, id: idOf(parent.id) };
  const json = { data: [{ Note_Content: withoutMentions(chunk.body), Parent_Id: at }] };
  return noteRef(writtenId(await callZoho(context, 'POST', '/Notes', { json })));
}

/** One that is gone already is as it should be. */
export async function withdrawNote(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const place = `/Notes/${idOf(ref.id)}`;
  try {
    const note = asRecord(asArray((await callZoho(context, 'GET', `${place}?fields=Note_Content`))['data'])[0]);
    if (note['id'] === undefined) return;
    if (readMarker(asText(note['Note_Content']))?.key !== key) throw new Permanent('rejected', { detail: `note ${ref.id} does not carry our key` });
    await callZoho(context, 'DELETE', place);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

/** `crm[user#…]crm` in a note mentions a colleague, who is told: what a customer writes must not. A sign without width breaks it. */
const withoutMentions = (text: string): string => text.replace(/\b(crm|zsu)\[/gi, '$1\u200b[');

const noteRef = (id: string): RemoteRef => ({ role: 'note', kind: 'note', id });
