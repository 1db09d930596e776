import { readFile } from 'node:fs/promises';
import type { ConnectorContext, FrozenChunk, RemoteRef, WrittenNote } from '../connector.ts';
import { readMarker } from '../core/marker.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import { withoutTags } from './bb-code.ts';
import { callBitrix, numberOf } from './call-bitrix.ts';

/** https://apidocs.bitrix24.com/api-reference/crm/data-types.html#object_type */
const typeIds = { deal: 2, contact: 3 } as const;

/** Of 50 comments each. */
const mostPages = 200;

/** Comments in the timeline of a contact or deal that end with our marker. One is named by that record and its own number. */
export async function findComments(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  const notes: WrittenNote[] = [];
  const filter = { ENTITY_ID: numberOf(parent.id), ENTITY_TYPE: typeOf(parent) };
  let start: number | null = 0;
  for (let page = 0; page < mostPages && start !== null; page += 1) {
    const { result, next } = await callBitrix(context, 'crm.timeline.comment.list', { filter, select: ['ID', 'COMMENT'], order: { ID: 'ASC' }, start });
    for (const row of asArray(result).map(asRecord)) {
      const marker = readMarker(asText(row['COMMENT']));
      if (marker !== null && (key === null || marker.key === key)) notes.push({ ref: commentRef(parent, numberOf(row['ID'])), ...marker });
    }
    start = next !== null && next > start ? next : null;
  }
  return notes.sort((a, b) => commentOf(a.ref) - commentOf(b.ref));
}

/** Comments are seen by colleagues only. Files go along in the same request. */
export async function addComment(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  const files = await Promise.all(
    chunk.files.filter(({ sizeBytes }) => sizeBytes > 0).map(async (file) => [file.name, await readFile(file.path, 'base64')] as const),
  );
  const { result } = await callBitrix(context, 'crm.timeline.comment.add', {
    fields: {
      ENTITY_ID: numberOf(parent.id),
      ENTITY_TYPE: typeOf(parent),
      COMMENT: withoutTags(chunk.body),
      ...(files.length === 0 ? {} : { FILES: files }),
    },
  });
  return commentRef(parent, numberOf(result));
}

/** One that is gone already is as it should be. */
export async function withdrawComment(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  try {
    const id = commentOf(ref);
    const comment = asRecord((await callBitrix(context, 'crm.timeline.comment.get', { id })).result);
    if (readMarker(asText(comment['COMMENT']))?.key !== key) throw new Permanent('rejected', { detail: `comment ${id} does not carry our key` });
    await callBitrix(context, 'crm.timeline.comment.delete', { id, ...ownerOf(ref) });
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

const typeOf = ({ kind }: RemoteRef): keyof typeof typeIds => (kind === 'deal' ? 'deal' : 'contact');

/** `12/345` at a contact, `deal/12/345` at a deal. */
function commentRef(parent: RemoteRef, id: number): RemoteRef {
  const place = `${numberOf(parent.id)}/${id}`;
  return { role: 'note', kind: 'comment', id: typeOf(parent) === 'deal' ? `deal/${place}` : place };
}

const commentOf = (ref: RemoteRef): number => numberOf(ref.id.split('/').at(-1));
const ownerOf = (ref: RemoteRef) => ({ ownerTypeId: typeIds[ref.id.startsWith('deal/') ? 'deal' : 'contact'], ownerId: numberOf(ref.id.split('/').at(-2)) });
