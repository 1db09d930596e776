import { readFile } from 'node:fs/promises';
import type { ConnectorContext, FrozenChunk, FrozenFile, RemoteRef, WrittenNote } from '../connector.ts';
import { readMarker } from '../core/marker.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callEspo, idOf } from './call-espo.ts';
import { entityOf, placeOf } from './keyed-records.ts';

const pageSize = 100;
const maxPages = 100;

/** Posts in the stream of a contact or case that end with our marker, the oldest first. */
export async function findPosts(context: ConnectorContext, parent: RemoteRef, key: string | null): Promise<readonly WrittenNote[]> {
  return (await postsOf(context, parent)).flatMap((post): WrittenNote[] => {
    const marker = readMarker(asText(post['post']));
    if (marker === null || (key !== null && marker.key !== key)) return [];
    return [{ ref: { role: 'note', kind: 'post', id: idOf(post['id']) }, ...marker }];
  });
}

export async function addPost(context: ConnectorContext, parent: RemoteRef, chunk: FrozenChunk): Promise<RemoteRef> {
  return { role: 'note', kind: 'post', id: await createPost(context, parent, { post: chunk.body }) };
}

/** A file is a post of its own, so that it can be taken back alone; the second line of its text is our key. */
export async function findFilePosts(context: ConnectorContext, parent: RemoteRef, key: string): Promise<readonly RemoteRef[]> {
  return (await postsOf(context, parent))
    .filter((post) => asText(post['post']).endsWith(fileMarker(key)) && asArray(post['attachmentsIds']).length > 0)
    .map((post): RemoteRef => ({ role: 'file', kind: 'post', id: idOf(post['id']) }));
}

/** Two steps: the bytes, then the post takes them. Bytes that no post took are removed by EspoCRM's clean-up. */
export async function addFilePost(context: ConnectorContext, parent: RemoteRef, file: FrozenFile): Promise<RemoteRef> {
  const uploaded = asRecord(
    await callEspo(context, 'POST', '/Attachment', {
      json: {
        name: file.name,
        type: file.mime,
        role: 'Attachment',
        parentType: 'Note',
        field: 'attachments',
        file: `data:${file.mime};base64,${await readFile(file.path, 'base64')}`,
      },
    }),
  );
  const post = `${file.name}${fileMarker(file.key)}`;
  return { role: 'file', kind: 'post', id: await createPost(context, parent, { post, attachmentsIds: [idOf(uploaded['id'])] }) };
}

/** One that is gone already is as it should be. Who is no administrator may delete own posts for a month; after that they stay. */
export async function withdrawPost(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const place = `/Note/${idOf(ref.id)}`;
  try {
    const text = asText(asRecord(await callEspo(context, 'GET', place))['post']);
    const isOurs = ref.role === 'file' ? text.endsWith(fileMarker(key)) : readMarker(text)?.key === key;
    if (!isOurs) throw new Permanent('rejected', { detail: `post ${ref.id} does not carry our key` });
    await callEspo(context, 'DELETE', place);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code === 'rejected') throw error;
    if (error.code === 'forbidden') throw new Permanent('rejected', error.more);
    if (error.code !== 'record-gone') throw error;
  }
}

/** Internal: a customer who signs in to the portal does not see it. */
async function createPost(context: ConnectorContext, parent: RemoteRef, content: JsonRecord): Promise<string> {
  const json = { type: 'Post', parentType: entityOf(parent), parentId: idOf(parent.id), isInternal: true, ...content };
  return idOf(asRecord(await callEspo(context, 'POST', '/Note', { json }))['id']);
}

async function postsOf(context: ConnectorContext, parent: RemoteRef): Promise<readonly JsonRecord[]> {
  const found: JsonRecord[] = [];
  for (let page = 0; page < maxPages; page += 1) {
    const place = `${placeOf(parent)}/stream?offset=${page * pageSize}&maxSize=${pageSize}`;
    const list = asArray(asRecord(await callEspo(context, 'GET', place))['list']).map(asRecord);
    found.push(...list);
    if (list.length < pageSize) return found.filter(({ type }) => type === 'Post').reverse();
  }
  throw new Permanent('server-incompatible', { detail: 'a stream without end' });
}

const fileMarker = (key: string): string => `\n[ref:${key}]`;
